import { useLingui } from '@lingui/react/macro';
import { Sparkles } from 'lucide-react';
import { readNews, type Teller, type Told } from '../../kit/news';
import { useProviderName } from '../payments';

/** News about memberships. */
export function useNews(): Teller {
  const { t, i18n } = useLingui();
  const provider = useProviderName();

  function words(code: string, data: Record<string, unknown>): Pick<Told, 'title' | 'words'> | null {
    const { text } = readNews(data);
    const day = (member: string) =>
      text(member) ? new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'long' }).format(new Date(text(member))) : '';
    switch (code) {
      case 'premium_started':
        return { title: t`You are a member now`, words: t`Paid until ${day('period_ends_at')}.` };
      case 'premium_renewed':
        return { title: t`Your membership was renewed`, words: t`Paid until ${day('period_ends_at')}.` };
      case 'premium_grace':
        return {
          title: t`Your membership could not be renewed`,
          words: t`It stays until ${day('grace_ends_at')} while it is tried again.`,
        };
      case 'premium_cancelled':
        return {
          title: t`Your membership is cancelled`,
          words: t`Everything stays until ${day('period_ends_at')}; nothing more is charged.`,
        };
      case 'premium_ended':
        return {
          title: t`Your membership is over`,
          words: t`You meet and talk as before, with the day's free meetings.`,
        };
      case 'premium_paid_twice':
        return { title: t`You paid for a membership twice`, words: twice(text('where'), text('payment_id')) };
      default:
        return null;
    }
  }

  /** Some money comes back by itself, some only the person can ask for. */
  function twice(where: string, paymentId: string): string {
    if (where) {
      return t`Both renew. One was bought at ${provider(where)}, and only you can cancel it there; ask there for your money, too.`;
    }
    return paymentId
      ? t`One of the two payments goes back to you, the way it came. You have one membership, and only that is charged again.`
      : t`The newer one stays. The older one is not renewed any more; what you paid for stays until its end.`;
  }

  return (code, data) => {
    const said = words(code, data);
    if (said === null) return null;
    const paymentId = code === 'premium_paid_twice' ? readNews(data).text('payment_id') : '';
    const to: Told['to'] = paymentId
      ? { to: '/wallet/payments/$paymentId', params: { paymentId } }
      : { to: '/premium' };
    return { icon: Sparkles, ...said, to };
  };
}

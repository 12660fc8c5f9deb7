import { useLingui } from '@lingui/react/macro';
import { useGiftName } from '../gifts';
import { useProviderName } from '../payments';
import { useFreezeReason } from '../wallet';

/** News about coins, payments and membership in words; null for what is none of these. */
export function useMoneyNews(): (
  code: string,
  data: Record<string, unknown>,
) => { title: string; words?: string } | null {
  const { t, i18n } = useLingui();
  const giftName = useGiftName();
  const freezeReason = useFreezeReason();
  const provider = useProviderName();
  return (code, data) => {
    const text = (member: string) => (typeof data[member] === 'string' ? data[member] : '');
    const number = (member: string) => (typeof data[member] === 'number' ? data[member] : 0);
    const day = (member: string) =>
      text(member) ? new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'long' }).format(new Date(text(member))) : '';
    const coins = (member: string) => i18n.number(number(member));
    switch (code) {
      case 'gift_received': {
        const name = giftName({ key: text('gift_key') });
        const gift = number('quantity') > 1 ? `${name} × ${coins('quantity')}` : name;
        return {
          title: t`You got a gift: ${gift}`,
          words: number('earned') > 0 ? t`Your share of it: ${coins('earned')} coins earned.` : undefined,
        };
      }
      case 'payment_settled':
        return { title: t`${coins('coins')} coins are yours`, words: t`Your payment has arrived.` };
      case 'payment_held':
        return {
          title: t`Your payment is being checked first`,
          words: t`It has arrived and looked a little unusual. You get what you bought, or your money back.`,
        };
      case 'payment_taken_back': {
        const title =
          data.disputed === true ? t`Your bank asked for a payment back` : t`The money of a purchase went back to you`;
        if (number('coins') === 0) return { title };
        return {
          title,
          words:
            number('owed') > 0
              ? t`${coins('coins')} coins went back with it. ${coins('owed')} of them were spent already and are owed now; until they are paid, nothing can be spent.`
              : t`${coins('coins')} coins went back with it.`,
        };
      }
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
        return {
          title: t`You paid for a membership twice`,
          words: text('where')
            ? t`Both renew. One was bought at ${provider(text('where'))}, and only you can cancel it there; ask there for your money, too.`
            : text('payment_id')
              ? t`One of the two payments goes back to you, the way it came. You have one membership, and only that is charged again.`
              : t`The newer one stays. The older one is not renewed any more; what you paid for stays until its end.`,
        };
      case 'wallet_frozen':
        return { title: t`Your wallet is frozen`, words: freezeReason(text('reason')) };
      case 'wallet_thawed':
        return { title: t`Your wallet is free again`, words: t`Your coins can be spent as before.` };
      default:
        return null;
    }
  };
}

import { useLingui } from '@lingui/react/macro';
import { CircleDollarSign, SearchCheck, Undo2 } from 'lucide-react';
import { readNews, type Teller, type Told } from '../../kit/news';

/** News about payments. */
export function useNews(): Teller {
  const { t, i18n } = useLingui();
  return (code, data) => {
    const { text, number } = readNews(data);
    const coins = (member: string) => i18n.number(number(member));
    const to: Told['to'] = text('payment_id')
      ? { to: '/wallet/payments/$paymentId', params: { paymentId: text('payment_id') } }
      : undefined;
    switch (code) {
      case 'payment_settled':
        return {
          icon: CircleDollarSign,
          title: t`${coins('coins')} coins are yours`,
          words: t`Your payment has arrived.`,
          to,
        };
      case 'payment_held':
        return {
          icon: SearchCheck,
          title: t`Your payment is being checked first`,
          words: t`It has arrived and looked a little unusual. You get what you bought, or your money back.`,
          to,
        };
      case 'payment_taken_back': {
        const title =
          data.disputed === true ? t`Your bank asked for a payment back` : t`The money of a purchase went back to you`;
        if (number('coins') === 0) return { icon: Undo2, title, to };
        return {
          icon: Undo2,
          title,
          words:
            number('owed') > 0
              ? t`${coins('coins')} coins went back with it. ${coins('owed')} of them were spent already and are owed now; until they are paid, nothing can be spent.`
              : t`${coins('coins')} coins went back with it.`,
          to,
        };
      }
      default:
        return null;
    }
  };
}

import { useLingui } from '@lingui/react/macro';
import { moneyText } from '../../kit/ui';
import type { Finding } from './data';

export function useRuleTitles(): Record<Finding['rule'], string> {
  const { t } = useLingui();
  return {
    many_payments: t`Many payments in a short time`,
    much_money: t`Much money in a short time`,
    new_device: t`A large purchase from a new device`,
    shared_card: t`One card, several people`,
    shared_device: t`One device, several people`,
    many_cards: t`Many cards were tried`,
    many_failures: t`Many payments failed`,
    many_refunds: t`Many refunds`,
    disputed: t`Disputed before`,
    gift_ring: t`Gifts went in a circle`,
  };
}

/** What a finding saw, in numbers, and what would have been usual. */
export function useFindingWords() {
  const { t, i18n } = useLingui();
  const titles = useRuleTitles();
  const number = (value: number | string | undefined) =>
    typeof value === 'number' ? new Intl.NumberFormat(i18n.locale).format(value) : (value ?? '');
  return ({ rule, facts }: Finding): { title: string; words: string } => {
    const at = (name: string) => number(facts[name]);
    const currency = String(facts.currency ?? '');
    const money = (name: string) => {
      const value = facts[name];
      return typeof value === 'number' ? moneyText(i18n.locale, value, currency) : '';
    };
    switch (rule) {
      case 'many_payments':
        return {
          title: titles.many_payments,
          words: t`${at('hour')} in an hour, ${at('day')} in a day; up to ${at('usual_hour')} and ${at('usual_day')} is usual.`,
        };
      case 'much_money':
        return {
          title: titles.much_money,
          words: t`${money('hour')} in an hour, ${money('day')} in a day; up to ${money('usual_hour')} and ${money('usual_day')} is usual.`,
        };
      case 'new_device':
        return {
          title: titles.new_device,
          words: t`${money('amount')} from a device known for ${at('device_hours')} hours; ${money('usual_amount')} or more is large, and up to ${at('usual_device_hours')} hours is new.`,
        };
      case 'shared_card':
        return {
          title: titles.shared_card,
          words: t`${at('people')} people paid with this card in ${at('days')} days; up to ${at('usual_people')} is usual.`,
        };
      case 'shared_device':
        return {
          title: titles.shared_device,
          words: t`${at('people')} people paid from this device in ${at('days')} days; up to ${at('usual_people')} is usual.`,
        };
      case 'many_cards':
        return {
          title: titles.many_cards,
          words: t`${at('cards')} cards in a day; up to ${at('usual_cards')} is usual.`,
        };
      case 'many_failures':
        return {
          title: titles.many_failures,
          words: t`${at('failures')} in a day; up to ${at('usual_failures')} is usual.`,
        };
      case 'many_refunds':
        return {
          title: titles.many_refunds,
          words: t`${at('refunds')} of ${at('payments')} payments (${at('percent')} %) in ${at('days')} days; up to ${at('usual_percent')} % is usual.`,
        };
      case 'disputed':
        return {
          title: titles.disputed,
          words: t`${at('disputes')} disputed payments in ${at('days')} days; up to ${at('usual_disputes')} is usual.`,
        };
      case 'gift_ring':
        return {
          title: titles.gift_ring,
          words: t`${at('coins')} coins went round among ${at('people')} people in ${at('days')} days, in ${at('gifts')} gifts; ${at('usual_coins')} coins or more are suspicious.`,
        };
    }
  };
}

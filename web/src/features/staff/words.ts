import { useLingui } from '@lingui/react/macro';
import { moneyText } from '../../ui';
import type { Finding } from './data';

/** A word of the server's that a newer server may have more of: the ones we know in words, the others as they are. */
function pick(known: Record<string, string>): (word: string) => string {
  return (word) => known[word] ?? word;
}

export function useProviderWords() {
  const { t } = useLingui();
  return pick({
    local: t`Pay page for trying out`,
    stripe: 'Stripe',
    iyzico: 'iyzico',
    apple: 'App Store',
    google: 'Google Play',
    revenuecat: 'RevenueCat',
  });
}

export function usePaymentWords() {
  const { t } = useLingui();
  return pick({
    created: t`being opened`,
    pending: t`not paid yet`,
    held: t`held back`,
    paid: t`paid`,
    failed: t`failed`,
    expired: t`expired`,
    partly_refunded: t`partly refunded`,
    refunded: t`refunded`,
    disputed: t`disputed`,
    charged_back: t`charged back`,
  });
}

export function useKindWords() {
  const { t } = useLingui();
  return pick({
    purchased: t`Coins bought`,
    earned: t`Coins earned`,
    spent: t`Spent`,
    gift_sent: t`Gift`,
    gift_received: t`Gift received`,
    premium: t`Premium`,
    call: t`Paid call`,
    refund: t`Refund`,
    chargeback: t`Chargeback`,
    debt_payment: t`Debt paid`,
    conversion: t`Earnings became coins`,
    adjustment: t`Adjustment`,
    dispute_won: t`Dispute won`,
    debt_forgiven: t`Debt forgiven`,
    forfeited: t`Left behind by an erased account`,
    reversal: t`Reversal`,
    payout: t`Payout`,
  });
}

export function useAccountWords() {
  const { t } = useLingui();
  return pick({
    person_coins: t`Coins of members`,
    person_debt: t`Debt of members`,
    creator_revenue: t`Earnings of members`,
    tenant_revenue: t`Revenue`,
    promotions: t`Promotions`,
    clearing: t`Clearing`,
    payouts: t`Payouts`,
  });
}

/** What a finding saw, in numbers, and what would have been usual. */
export function useFindingWords() {
  const { t, i18n } = useLingui();
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
          title: t`Many payments in a short time`,
          words: t`${at('hour')} in an hour, ${at('day')} in a day; usual are up to ${at('usual_hour')} and ${at('usual_day')}.`,
        };
      case 'much_money':
        return {
          title: t`Much money in a short time`,
          words: t`${money('hour')} in an hour, ${money('day')} in a day; usual is up to ${money('usual_hour')} and ${money('usual_day')}.`,
        };
      case 'new_device':
        return {
          title: t`A large purchase from a new device`,
          words: t`${money('amount')} from a device known for ${at('device_hours')} hours; large is from ${money('usual_amount')} on, new is up to ${at('usual_device_hours')} hours.`,
        };
      case 'shared_card':
        return {
          title: t`One card, several people`,
          words: t`${at('people')} people paid with this card in ${at('days')} days; usual are up to ${at('usual_people')}.`,
        };
      case 'shared_device':
        return {
          title: t`One device, several people`,
          words: t`${at('people')} people paid from this device in ${at('days')} days; usual are up to ${at('usual_people')}.`,
        };
      case 'many_cards':
        return {
          title: t`Many cards were tried`,
          words: t`${at('cards')} cards in a day; usual are up to ${at('usual_cards')}.`,
        };
      case 'many_failures':
        return {
          title: t`Many payments failed`,
          words: t`${at('failures')} in a day; usual are up to ${at('usual_failures')}.`,
        };
      case 'many_refunds':
        return {
          title: t`Many refunds`,
          words: t`${at('refunds')} of ${at('payments')} payments (${at('percent')} %) in ${at('days')} days; usual is up to ${at('usual_percent')} %.`,
        };
      case 'disputed':
        return {
          title: t`Disputed before`,
          words: t`${at('disputes')} disputed payments in ${at('days')} days; usual are up to ${at('usual_disputes')}.`,
        };
      case 'gift_ring':
        return {
          title: t`Gifts went in a circle`,
          words: t`${at('coins')} coins went round among ${at('people')} people in ${at('days')} days, in ${at('gifts')} gifts; suspicious is from ${at('usual_coins')} coins on.`,
        };
    }
  };
}

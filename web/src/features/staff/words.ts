import { useLingui } from '@lingui/react/macro';
import { moneyText } from '../../ui';
import type { Finding, StaffPayment } from './data';

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

/** Why a payment is held back, or came to nothing. */
export function useProblemWords(): (payment: StaffPayment) => string {
  const { t, i18n } = useLingui();
  return (payment) => {
    const asked = moneyText(i18n.locale, payment.amount, payment.currency);
    const came = moneyText(i18n.locale, payment.paid_amount ?? 0, payment.paid_currency ?? payment.currency);
    switch (payment.problem) {
      case null:
        return t`It waits to be looked at.`;
      case 'under_review':
        return t`The fraud rules find it doubtful.`;
      case 'amount_differs':
        return t`A different amount arrived: ${asked} was asked for, ${came} came.`;
      case 'product_differs':
        return t`The store sold another product than the one ordered here.`;
      case 'account_erased':
        return t`The person who paid has erased their account. The money can only go back.`;
      case 'paid_twice':
        return t`They had a membership already. The provider is asked to give this one back; if it refused, refund it again or give it.`;
      case 'on_its_way':
        return t`Paid in a way that takes days; the money has not arrived yet.`;
      case 'unknown_product':
        return t`It names a product that is not in the shop.`;
      case 'provider_unavailable':
        return t`The provider could not be reached.`;
      case 'provider_refused':
        return t`The provider refused it.`;
      case 'declined':
        return t`It was not paid: the card was declined, or they turned back.`;
      case 'proof_refused':
        return t`The store's receipt was not valid.`;
      case 'expired':
        return t`Nobody paid in time.`;
      default:
        return payment.problem;
    }
  };
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

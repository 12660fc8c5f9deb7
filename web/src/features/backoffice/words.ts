import { useLingui } from '@lingui/react/macro';
import { pick } from '../../kit/staff';
import { moneyText } from '../../kit/ui';
import type { StaffPayment } from './data';

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

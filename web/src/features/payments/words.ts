import { useLingui } from '@lingui/react/macro';
import type { Payment } from '../../kit/api/types';

export function useProviderName(): (provider: string | null | undefined) => string {
  const { t } = useLingui();
  return (provider) => {
    switch (provider) {
      case 'local':
        return t`Meydan Pay (no real money)`;
      case 'stripe':
        return 'Stripe';
      case 'iyzico':
        return 'iyzico';
      case 'apple':
        return 'App Store';
      case 'google':
        return 'Google Play';
      case 'revenuecat':
        return t`the store of your phone`;
      default:
        return provider ?? '';
    }
  };
}

/** What a payment is for, in a line. */
export function usePaymentTitle(): (payment: Pick<Payment, 'kind' | 'coins'>) => string {
  const { t, i18n } = useLingui();
  return ({ kind, coins }) => (kind === 'premium' ? t`Premium` : t`${i18n.number(coins)} coins`);
}

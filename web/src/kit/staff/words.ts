import { useLingui } from '@lingui/react/macro';

/** A word of the server's that a newer server may have more of: the ones we know in words, the others as they are. */
export function pick(known: Record<string, string>): (word: string) => string {
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

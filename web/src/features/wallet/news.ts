import { useLingui } from '@lingui/react/macro';
import { Snowflake, Sun } from 'lucide-react';
import { readNews, type Teller } from '../../kit/news';
import { useFreezeReason } from './words';

/** News about the wallet. */
export function useNews(): Teller {
  const { t } = useLingui();
  const freezeReason = useFreezeReason();
  return (code, data) => {
    switch (code) {
      case 'wallet_frozen':
        return {
          icon: Snowflake,
          title: t`Your wallet is frozen`,
          words: freezeReason(readNews(data).text('reason')),
          to: { to: '/wallet' },
        };
      case 'wallet_thawed':
        return {
          icon: Sun,
          title: t`Your wallet is free again`,
          words: t`Your coins can be spent as before.`,
          to: { to: '/wallet' },
        };
      default:
        return null;
    }
  };
}

import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Coin, Figure } from '../../ui';
import { walletQuery } from './data';

/** What one has, small, at the top of the places where it matters; it leads to the wallet. */
export function CoinCount() {
  const { t, i18n } = useLingui();
  const { data: wallet } = useQuery(walletQuery);
  if (!wallet) return null;
  return (
    <Link
      to="/wallet"
      aria-label={t`Wallet, ${i18n.number(wallet.balance)} coins`}
      className="inline-flex min-h-11 items-center gap-1.5 rounded-full px-3 font-display font-semibold text-sm hover:bg-deep"
    >
      <Coin />
      <Figure value={wallet.balance} />
    </Link>
  );
}

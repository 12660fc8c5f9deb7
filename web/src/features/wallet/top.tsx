import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useShownPage } from '../../kit/redirect';
import { Coin, Figure } from '../../kit/ui';
import { walletQuery } from './data';

/** What one has, small, at the top of the pages where it matters, where there is room for it; it leads to the wallet. */
export function CoinCount() {
  const { coins } = useShownPage();
  if (!coins) return null;
  return <Count />;
}

function Count() {
  const { t, i18n } = useLingui();
  const { data: wallet } = useQuery(walletQuery);
  if (!wallet) return null;
  return (
    <Link
      to="/wallet"
      aria-label={t`Wallet, ${i18n.number(wallet.balance)} coins`}
      className="@[18rem]:inline-flex hidden min-h-11 shrink-0 items-center gap-1.5 rounded-full px-3 font-display font-semibold text-sm hover:bg-deep"
    >
      <Coin />
      <Figure value={wallet.balance} />
    </Link>
  );
}

import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { HandCoins, Snowflake } from 'lucide-react';
import type { Wallet } from '../../kit/api/types';
import { Button, Coins, Notice } from '../../kit/ui';
import { useFreezeReason } from './words';

/** What stands in the way of spending, in plain words; it leads to where coins are bought if nothing else on the page does. */
export function Troubles({ wallet, leads = false }: { wallet: Wallet; leads?: boolean }) {
  const freezeReason = useFreezeReason();
  return (
    <>
      {wallet.frozen ? (
        <Notice tone="terracotta" icon={<Snowflake aria-hidden />} title={<Trans>Your wallet is frozen</Trans>}>
          <p>{freezeReason(wallet.frozen)}</p>
          <p className="mt-1">
            <Trans>
              Your coins are still yours, and nothing can be spent until this is cleared up. The people who run this
              square are looking at it; you will hear about it under News. You do not have to do anything here.
            </Trans>
          </p>
        </Notice>
      ) : null}
      {wallet.debt > 0 ? (
        <Notice
          tone="terracotta"
          icon={<HandCoins aria-hidden />}
          title={
            <Trans>
              You owe <Coins amount={wallet.debt} />
            </Trans>
          }
          action={
            leads && !wallet.frozen ? (
              <Button asChild>
                <Link to="/wallet/buy">
                  <Trans>Buy coins</Trans>
                </Link>
              </Button>
            ) : undefined
          }
        >
          <Trans>
            Money for a purchase went back to you or your bank after its coins had been spent. Incoming coins pay this
            first; until it is paid, nothing can be spent. Meeting people and talking go on as usual.
          </Trans>
        </Notice>
      ) : null}
    </>
  );
}

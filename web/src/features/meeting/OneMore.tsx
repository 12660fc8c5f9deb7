import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useWords } from '../../kit/api/words';
import { Button, Coins, toast } from '../../kit/ui';
import { premiumQuery } from '../premium';
import { coinOffersQuery, useBuyMeeting, walletQuery } from '../wallet';

/** On the square when the lamps are out: what one more meeting costs, and what is left of that; nothing is pressed on anybody. */
export function OneMore({ otherwise }: { otherwise: ReactNode }) {
  const { t } = useLingui();
  const words = useWords();
  const { data: offers } = useQuery(coinOffersQuery);
  const { data: wallet } = useQuery(walletQuery);
  const { data: premium } = useQuery(premiumQuery);
  const buy = useBuyMeeting();
  const price = offers?.items.find(({ item }) => item === 'meeting')?.price;
  const more =
    premium && !premium.entitlements.premium ? Math.max(0, ...premium.plans.map((plan) => plan.matches_per_day)) : 0;
  const enough = price !== undefined && wallet !== undefined && wallet.available >= price && !wallet.debt;
  if (!wallet || (price === undefined && more === 0)) return otherwise;
  const sold = price !== undefined && !wallet.frozen;
  return (
    <div className="flex flex-col gap-3">
      {sold && enough ? (
        <Button
          look="lamp"
          wide
          size="lg"
          className="px-4"
          busy={buy.isPending}
          onClick={() => buy.mutate(1, { onSuccess: () => toast(t`One more lamp is lit.`) })}
        >
          <Plural value={price} one="Meet one more for # coin" other="Meet one more for # coins" />
        </Button>
      ) : (
        otherwise
      )}
      {sold && !enough ? (
        <p className="text-center text-sm">
          <span className="text-soft">
            {wallet.debt ? (
              <Trans>
                One more meeting costs <Coins amount={price} />. Before that, <Coins amount={wallet.debt} /> are owed.
              </Trans>
            ) : (
              <Trans>
                One more meeting costs <Coins amount={price} />; you have <Coins amount={wallet.available} />.
              </Trans>
            )}
          </span>{' '}
          <Link to="/wallet" className="font-semibold underline underline-offset-4">
            <Trans>To my wallet</Trans>
          </Link>
        </p>
      ) : null}
      {enough ? (
        <p className="text-center text-soft text-sm">
          <Trans>
            You have <Coins amount={wallet.available} />.
          </Trans>
        </p>
      ) : null}
      {buy.error ? (
        <p role="alert" className="text-center text-sm text-terracotta">
          {words(buy.error)}
        </p>
      ) : null}
      {more > 0 ? (
        <p className="text-center text-sm">
          <Link to="/premium" className="text-soft underline underline-offset-4 hover:text-ink">
            <Plural value={more} one="Members have # meeting a day" other="Members have # meetings a day" />
          </Link>
        </p>
      ) : null}
    </div>
  );
}

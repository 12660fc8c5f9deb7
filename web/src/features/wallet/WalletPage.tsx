import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Gift, Sun } from 'lucide-react';
import { useState } from 'react';
import type { Earnings as EarningsNow, Wallet } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { Rows } from '../../kit/Rows';
import {
  Bone,
  Button,
  Card,
  CardList,
  Coin,
  Coins,
  clockTime,
  Figure,
  Loaded,
  Page,
  Skeleton,
  toast,
} from '../../kit/ui';
import { ConvertSheet } from './ConvertSheet';
import { earningQuery, earningsQuery, useEarn, walletQuery } from './data';
import { Troubles } from './Troubles';

/** What one has, exactly; what stands in the way of spending it; and where it can go. */
export function WalletPage() {
  const { t } = useLingui();
  const wallet = useQuery(walletQuery);
  return (
    <Page title={t`Wallet`} back="/me" backOnPhone>
      <Loaded
        query={wallet}
        skeleton={
          <Skeleton>
            <Bone className="h-52 w-full rounded-card" />
          </Skeleton>
        }
      >
        {(now) => (
          <>
            <Troubles wallet={now} />
            <Balance wallet={now} />
            <Daily />
            <Earnings wallet={now} />
          </>
        )}
      </Loaded>
      <CardList label={t`More about my coins`}>
        <Rows list="wallet" />
      </CardList>
    </Page>
  );
}

function Balance({ wallet }: { wallet: Wallet }) {
  return (
    <Card className="flex flex-col gap-5">
      <div className="@container flex flex-col gap-1">
        <h2 className="font-medium text-base text-soft">
          <Trans>Your coins</Trans>
        </h2>
        <p
          role="status"
          className="flex flex-wrap items-center gap-x-3 font-bold font-display text-2xl text-[length:min(2.5rem,16cqi)]"
        >
          <Coin className="size-9" />
          <span data-testid="balance">
            <Figure value={wallet.balance} />
          </span>
          <span className="sr-only">
            <Trans>coins</Trans>
          </span>
        </p>
        {wallet.held > 0 ? (
          <p className="text-soft text-sm">
            <Trans>
              <Coins amount={wallet.held} /> of it are set aside for something that runs just now;{' '}
              <Coins amount={wallet.available} /> are free.
            </Trans>
          </p>
        ) : null}
      </div>
      {wallet.frozen ? null : (
        <Button asChild look="lamp" size="lg" wide>
          <Link to="/wallet/buy">
            <Trans>Buy coins</Trans>
          </Link>
        </Button>
      )}
    </Card>
  );
}

/** The coins of the day: taken by hand, so that nobody is led back by a streak. */
function Daily() {
  const { i18n } = useLingui();
  const words = useWords();
  const { data } = useQuery(earningQuery);
  const earn = useEarn();
  const daily = data?.daily;
  if (!daily || daily.coins === 0) return null;
  const next = daily.next_at ? clockTime(i18n.locale, new Date(daily.next_at)) : null;
  return (
    <Card className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-3">
        <Sun aria-hidden className="size-5.5 shrink-0 text-lamp-text" />
        <div className="min-w-0 flex-1 basis-40">
          <h2 className="font-semibold text-base">
            <Plural value={daily.coins} one="# coin of the day" other="# coins of the day" />
          </h2>
          <p className="text-soft text-sm" role="status">
            {daily.available ? (
              <Trans>Everybody here gets them once a day, for free.</Trans>
            ) : next ? (
              <Trans>You have today's. The next ones come at {next}.</Trans>
            ) : (
              <Trans>You have today's. The next ones come tomorrow.</Trans>
            )}
          </p>
        </div>
        {daily.available ? (
          <Button busy={earn.isPending} onClick={() => earn.mutate()}>
            <Trans>Collect</Trans>
          </Button>
        ) : null}
      </div>
      {earn.error ? (
        <p role="alert" className="text-sm text-terracotta">
          {words(earn.error)}
        </p>
      ) : null}
    </Card>
  );
}

function Earnings({ wallet }: { wallet: Wallet }) {
  const { t } = useLingui();
  const { data } = useQuery(earningsQuery);
  const [open, setOpen] = useState(false);
  const available = data?.available ?? 0;
  return (
    <Card className="flex flex-wrap items-center gap-3">
      <Gift aria-hidden className="size-5.5 shrink-0 text-lamp-text" />
      <div className="min-w-0 flex-1 basis-40">
        <h2 className="font-semibold text-base">
          <Trans>
            Earned: <Coins amount={wallet.earnings} />
          </Trans>
        </h2>
        <p className="text-soft text-sm">
          <Trans>Your share of the gifts you get and of paid calls. You can turn it into coins, one for one.</Trans>
        </p>
        {data && data.pending.length > 0 ? <PendingEarnings earnings={data} /> : null}
      </div>
      {available > 0 && !wallet.frozen ? (
        <Button onClick={() => setOpen(true)}>
          <Trans>Turn into coins</Trans>
        </Button>
      ) : null}
      <ConvertSheet
        open={open}
        onClose={() => setOpen(false)}
        available={available}
        debt={wallet.debt}
        onDone={() =>
          toast(wallet.debt > 0 ? t`Your earnings paid what you owed first.` : t`Your earnings are coins now.`)
        }
      />
    </Card>
  );
}

/** What came in lately waits: the money behind it can still be taken back. */
function PendingEarnings({ earnings }: { earnings: EarningsNow }) {
  const { i18n } = useLingui();
  const days = earnings.pending.map(({ available_at, amount }) => ({
    amount,
    day: new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'long' }).format(new Date(available_at)),
  }));
  return (
    <div className="pt-2 text-soft text-sm">
      <p>
        <Trans>Earnings wait some days before they can become coins.</Trans>
      </p>
      <ul>
        {days.map(({ day, amount }) => (
          <li key={day}>
            <Trans>
              <Coins amount={amount} /> on {day}
            </Trans>
          </li>
        ))}
      </ul>
    </div>
  );
}

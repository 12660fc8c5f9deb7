import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  ArrowLeftRight,
  CircleDollarSign,
  Coins as CoinsIcon,
  Gift,
  HandCoins,
  type LucideIcon,
  Phone,
  Scale,
  Sparkles,
  Sun,
  Undo2,
  Users,
} from 'lucide-react';
import type { HistoryItem } from '../../kit/api/types';
import { Button, CardList, Chip, Coins, cx, EmptyState, Figure, itemsOf, List, Moment, Page } from '../../kit/ui';
import { movementsQuery, walletQuery } from './data';
import { useHistoryWords } from './words';

const ICONS: Record<string, LucideIcon> = {
  purchased: CircleDollarSign,
  earned: Sun,
  spent: Users,
  gift_sent: Gift,
  gift_received: Gift,
  premium: Sparkles,
  call: Phone,
  refund: Undo2,
  chargeback: Undo2,
  debt_payment: HandCoins,
  dispute_won: Scale,
  debt_forgiven: HandCoins,
  conversion: ArrowLeftRight,
  adjustment: Scale,
};

/** Every movement of one's coins and earnings, and why; what was undone stays, beside what undid it. */
export function HistoryPage() {
  const { t } = useLingui();
  const movements = useInfiniteQuery(movementsQuery);
  const { data: wallet } = useQuery(walletQuery);
  const undone = new Set(itemsOf(movements.data).flatMap(({ reverses_id }) => reverses_id ?? []));
  return (
    <Page
      title={t`History`}
      back="/wallet"
      lead={
        wallet ? (
          <Trans>
            You have <Coins amount={wallet.balance} className="font-semibold text-ink" />.
          </Trans>
        ) : undefined
      }
    >
      <List
        query={movements}
        empty={
          <EmptyState
            icon={<CoinsIcon aria-hidden />}
            title={<Trans>No coins have moved yet</Trans>}
            action={
              <Button asChild>
                <Link to="/wallet">
                  <Trans>To my wallet</Trans>
                </Link>
              </Button>
            }
          >
            <Trans>
              Every coin that comes or goes, and all you earn, is listed here with its reason. The coins of the day are
              a start.
            </Trans>
          </EmptyState>
        }
      >
        {(items) => (
          <CardList label={t`Movements`}>
            {items.map((movement) => (
              <Line key={movement.id} movement={movement} undone={undone.has(movement.id)} />
            ))}
          </CardList>
        )}
      </List>
    </Page>
  );
}

function Line({ movement, undone }: { movement: HistoryItem; undone: boolean }) {
  const { t } = useLingui();
  const said = useHistoryWords()(movement);
  const Icon = movement.reverses_id ? Undo2 : (ICONS[movement.type] ?? CoinsIcon);
  return (
    <li className="flex items-start gap-3.5 px-4 py-3.5">
      <span className="flex size-10 shrink-0 items-center justify-center rounded-full bg-deep text-soft">
        <Icon aria-hidden className="size-5" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap justify-between gap-x-3">
          <span className="min-w-0 flex-1 basis-32 font-medium">{said.title}</span>
          {movement.amount === 0 ? null : (
            <span className={cx('font-display font-semibold', movement.amount > 0 ? 'text-moss' : 'text-ink')}>
              <Figure value={movement.amount} signed />
              <span className="sr-only">
                {' '}
                <Trans>coins</Trans>
              </span>
            </span>
          )}
        </p>
        {said.words ? <p className="text-soft text-sm">{said.words}</p> : null}
        <p className="flex flex-wrap items-center gap-2 pt-1 text-soft text-xs">
          <Moment at={movement.created_at} />
          {movement.coins === 0 && movement.earnings !== 0 ? <Chip>{t`earnings`}</Chip> : null}
          {undone ? <Chip>{t`undone later`}</Chip> : null}
        </p>
      </div>
    </li>
  );
}

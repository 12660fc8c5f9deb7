import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { StaffPage, useProviderWords } from '../../kit/staff';
import { Button, Chip, DataTable, Figure, Loaded, Money, Section } from '../../kit/ui';
import { GiftArt, useGiftName } from '../gifts';
import { usePeriodWords } from '../premium';
import { giftsQuery, packagesQuery, plansQuery, providersQuery } from './data';
import { GiftSheet, PackageSheet, PlanSheet } from './ShopSheets';

/** What is for sale, at which price, and by whom it can be paid. */
export function ShopPage() {
  const { t } = useLingui();
  return (
    <StaffPage
      title={t`Shop`}
      lead={<Trans>A changed price holds from the next purchase on; what was bought keeps its terms.</Trans>}
    >
      <Packages />
      <Plans />
      <Gifts />
      <Providers />
    </StaffPage>
  );
}

function State({ active }: { active: boolean }) {
  const { t } = useLingui();
  return active ? <Chip tone="moss">{t`for sale`}</Chip> : <Chip>{t`not for sale`}</Chip>;
}

function Change({ what, onClick }: { what: string; onClick: () => void }) {
  const { t } = useLingui();
  return (
    <Button size="sm" aria-label={t`Change ${what}`} onClick={onClick}>
      <Trans>Change</Trans>
    </Button>
  );
}

function AddButton({ children, onClick }: { children: ReactNode; onClick: () => void }) {
  return (
    <Button size="sm" icon={<Plus aria-hidden className="size-4.5" />} onClick={onClick}>
      {children}
    </Button>
  );
}

function Packages() {
  const { t } = useLingui();
  const query = useQuery(packagesQuery);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Section
      title={<Trans>Coin packages</Trans>}
      aside={
        <AddButton onClick={() => setOpen('new')}>
          <Trans>Add a package</Trans>
        </AddButton>
      }
    >
      <Loaded query={query} rows={4}>
        {({ items: packages }) => (
          <>
            <DataTable
              label={t`Coin packages`}
              items={packages}
              rowKey={(one) => one.id}
              columns={[
                { title: t`Coins`, cell: (one) => <Figure value={one.coins} />, numeric: true },
                { title: t`Bonus`, cell: (one) => <Figure value={one.bonus} />, numeric: true },
                { title: t`Price`, cell: (one) => <Money amount={one.price} currency={one.currency} />, numeric: true },
                { title: t`Name in the stores`, cell: (one) => one.store_product_id ?? '–' },
                { title: t`State`, cell: (one) => <State active={one.active} /> },
                {
                  title: t`Change`,
                  hasButtons: true,
                  cell: (one) => <Change what={t`${one.coins} coins`} onClick={() => setOpen(one.id)} />,
                },
              ]}
            />
            {open ? (
              <PackageSheet known={packages.find((one) => one.id === open)} onClose={() => setOpen(null)} />
            ) : null}
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Plans() {
  const { t } = useLingui();
  const query = useQuery(plansQuery);
  const period = usePeriodWords();
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Section
      title={<Trans>Premium</Trans>}
      aside={
        <AddButton onClick={() => setOpen('new')}>
          <Trans>Add a plan</Trans>
        </AddButton>
      }
    >
      <Loaded query={query} rows={2}>
        {({ items: plans }) => (
          <>
            <DataTable
              label={t`Premium`}
              items={plans}
              rowKey={(one) => one.id}
              columns={[
                { title: t`Period`, cell: (one) => period(one.period).name },
                { title: t`Price`, cell: (one) => <Money amount={one.price} currency={one.currency} />, numeric: true },
                {
                  title: t`In coins`,
                  cell: (one) => (one.coin_price == null ? '–' : <Figure value={one.coin_price} />),
                  numeric: true,
                },
                { title: t`Meetings a day`, cell: (one) => <Figure value={one.matches_per_day} />, numeric: true },
                { title: t`State`, cell: (one) => <State active={one.active} /> },
                {
                  title: t`Change`,
                  hasButtons: true,
                  cell: (one) => <Change what={period(one.period).name} onClick={() => setOpen(one.id)} />,
                },
              ]}
            />
            {open ? <PlanSheet known={plans.find((one) => one.id === open)} onClose={() => setOpen(null)} /> : null}
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Gifts() {
  const { t } = useLingui();
  const query = useQuery(giftsQuery);
  const giftName = useGiftName();
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Section title={<Trans>Gifts</Trans>}>
      <Loaded query={query} rows={4}>
        {(gifts) => {
          const known = gifts.find((one) => one.id === open);
          return (
            <>
              <DataTable
                label={t`Gifts`}
                items={gifts}
                rowKey={(one) => one.id}
                columns={[
                  {
                    title: t`Gift`,
                    cell: (one) => (
                      <span className="flex items-center gap-3">
                        <GiftArt gift={one.key} size={36} className="shrink-0" />
                        {giftName(one)}
                      </span>
                    ),
                  },
                  { title: t`Coins`, cell: (one) => <Figure value={one.price} />, numeric: true },
                  { title: t`State`, cell: (one) => <State active={one.active} /> },
                  {
                    title: t`Change`,
                    hasButtons: true,
                    cell: (one) => <Change what={giftName(one)} onClick={() => setOpen(one.id)} />,
                  },
                ]}
              />
              {known ? <GiftSheet known={known} onClose={() => setOpen(null)} /> : null}
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Providers() {
  const { t } = useLingui();
  const query = useQuery(providersQuery);
  const provider = useProviderWords();
  return (
    <Section title={<Trans>Who takes the money</Trans>}>
      <p className="text-soft text-sm">
        <Trans>Connected on the server with “meydan payments connect”; keys are never shown.</Trans>
      </p>
      <Loaded query={query} rows={4}>
        {({ items: providers }) => (
          <DataTable
            label={t`Who takes the money`}
            items={providers}
            rowKey={(one) => one.provider}
            columns={[
              { title: t`Provider`, cell: (one) => provider(one.provider) },
              {
                title: t`State`,
                cell: (one) =>
                  one.connected ? (
                    <span className="flex gap-1.5">
                      <Chip tone="moss">{t`connected`}</Chip>
                      {one.sandbox ? <Chip tone="lamp">{t`for trying out`}</Chip> : null}
                    </span>
                  ) : (
                    <Chip>{t`not connected`}</Chip>
                  ),
              },
              {
                title: t`URL for its webhooks`,
                cell: (one) => <span className="break-all">{one.webhook_url}</span>,
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}

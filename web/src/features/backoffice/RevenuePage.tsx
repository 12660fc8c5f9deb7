import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Coins as CoinsIcon, Scale, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { StaffPage, useProviderWords } from '../../kit/staff';
import {
  Bars,
  DataTable,
  EmptyState,
  Figure,
  Loaded,
  Moment,
  Money,
  moneyText,
  Notice,
  Section,
  Segmented,
} from '../../kit/ui';
import { type Ledger, ledgerQuery, type Revenue, revenueQuery } from './data';
import { useAccountWords } from './words';

const DAY = 86_400_000;
type Span = '7' | '30' | '90';

/** So many days, the last one included; which day it is where the community is, only the server knows. */
function daysUntil(last: string, count: number): string[] {
  const end = Date.parse(last);
  return Array.from({ length: count }, (_, index) =>
    new Date(end - (count - 1 - index) * DAY).toISOString().slice(0, 10),
  );
}

/** What came in, and whether the books add up. */
export function RevenuePage() {
  const { t } = useLingui();
  const [span, setSpan] = useState<Span>('30');
  const month = useQuery(revenueQuery());
  const days = month.data ? daysUntil(month.data.last, Number(span)) : [];
  const other = useQuery({ ...revenueQuery(days[0], days.at(-1)), enabled: month.isSuccess && span !== '30' });
  const revenue = span === '30' ? month : other;
  const ledger = useQuery(ledgerQuery);
  return (
    <StaffPage title={t`Revenue`}>
      <Segmented
        label={t`How far back`}
        value={span}
        onChange={setSpan}
        className="max-w-sm"
        options={[
          { value: '7', words: t`7 days` },
          { value: '30', words: t`30 days` },
          { value: '90', words: t`90 days` },
        ]}
      />
      <Loaded query={revenue}>{(data) => <Charts revenue={data} days={days} />}</Loaded>
      <Section title={<Trans>The books</Trans>}>
        <Loaded query={ledger} rows={3}>
          {(data) => <Books ledger={data} />}
        </Loaded>
      </Section>
    </StaffPage>
  );
}

function Charts({ revenue, days }: { revenue: Revenue; days: string[] }) {
  const { t, i18n } = useLingui();
  const provider = useProviderWords();
  const currencies = [...new Set(revenue.days.map((day) => day.currency))].sort();
  const number = (value: number) => new Intl.NumberFormat(i18n.locale).format(value);
  const label = (day: string) =>
    new Intl.DateTimeFormat(i18n.locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(day));
  if (revenue.days.length === 0 && revenue.coins.length === 0) {
    return (
      <EmptyState icon={<CoinsIcon aria-hidden />} title={<Trans>Nothing was sold in these days</Trans>}>
        <Trans>What people pay is shown here, day by day, from the first purchase on.</Trans>
      </EmptyState>
    );
  }
  const coins = new Map(revenue.coins.map((day) => [day.day, day]));
  const series = [
    { title: t`Coins sold`, of: 'sold' },
    { title: t`Coins spent`, of: 'spent' },
    { title: t`Coins given as gifts`, of: 'gifts' },
  ] as const;
  return (
    <>
      <div className="grid gap-4 lg:grid-cols-2">
        {currencies.map((currency) => {
          const net = new Map<string, number>();
          for (const day of revenue.days) {
            if (day.currency !== currency) continue;
            net.set(day.day, (net.get(day.day) ?? 0) + day.gross - day.refunded - day.charged_back - day.disputed);
          }
          const total = [...net.values()].reduce((sum, value) => sum + value, 0);
          return (
            <Bars
              key={currency}
              title={t`Money, after refunds and disputes (${currency})`}
              total={<Money amount={total} currency={currency} />}
              bars={days.map((day) => ({
                label: label(day),
                value: net.get(day) ?? 0,
                words: moneyText(i18n.locale, net.get(day) ?? 0, currency),
              }))}
            />
          );
        })}
        {series.map(({ title, of }) => (
          <Bars
            key={of}
            title={title}
            total={<Figure value={revenue.coins.reduce((sum, day) => sum + day[of], 0)} />}
            bars={days.map((day) => {
              const value = coins.get(day)?.[of] ?? 0;
              return { label: label(day), value, words: number(value) };
            })}
          />
        ))}
      </div>
      {revenue.totals.length > 0 ? (
        <Section title={<Trans>By provider</Trans>}>
          <DataTable
            label={t`By provider`}
            items={revenue.totals}
            rowKey={(row) => `${row.provider} ${row.currency}`}
            columns={[
              { title: t`Provider`, cell: (row) => provider(row.provider) },
              { title: t`Payments`, cell: (row) => <Figure value={row.payments} />, numeric: true },
              {
                title: t`Taken in`,
                cell: (row) => <Money amount={row.gross} currency={row.currency} />,
                numeric: true,
              },
              {
                title: t`Given back`,
                cell: (row) => <Money amount={row.refunded} currency={row.currency} />,
                numeric: true,
              },
              {
                title: t`Lost in disputes`,
                cell: (row) => <Money amount={row.charged_back} currency={row.currency} />,
                numeric: true,
              },
              {
                title: t`In open disputes`,
                cell: (row) => <Money amount={row.disputed} currency={row.currency} />,
                numeric: true,
              },
              {
                title: t`Held, not counted`,
                cell: (row) => <Money amount={row.held} currency={row.currency} />,
                numeric: true,
              },
            ]}
          />
        </Section>
      ) : null}
    </>
  );
}

function Books({ ledger }: { ledger: Ledger }) {
  const { t } = useLingui();
  const account = useAccountWords();
  const provider = useProviderWords();
  return (
    <>
      {ledger.payouts_frozen ? (
        <Notice
          tone="terracotta"
          icon={<TriangleAlert aria-hidden />}
          title={t`The books do not add up. Payouts are frozen.`}
        >
          <Trans>Run “meydan doctor” on the server: it says which account, and by how much.</Trans>
        </Notice>
      ) : ledger.audit ? (
        <Notice tone="moss" icon={<Scale aria-hidden />} title={t`The books add up.`}>
          <Trans>
            Added up <Moment at={ledger.audit.created_at} />: every transfer comes to zero, every balance is its
            entries.
          </Trans>
        </Notice>
      ) : (
        <Notice tone="quiet" icon={<Scale aria-hidden />} title={t`The books are added up within five minutes.`} />
      )}
      <DataTable
        label={t`Accounts`}
        items={ledger.accounts}
        rowKey={(row) => `${row.kind} ${row.provider ?? ''} ${row.currency ?? ''}`}
        columns={[
          {
            title: t`Account`,
            cell: (row) =>
              [account(row.kind), row.provider ? provider(row.provider) : '', row.currency ?? '']
                .filter(Boolean)
                .join(' · '),
          },
          { title: t`Coins`, cell: (row) => <Figure value={row.balance} />, numeric: true },
        ]}
      />
    </>
  );
}

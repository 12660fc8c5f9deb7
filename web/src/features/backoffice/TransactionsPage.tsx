import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { ArrowLeftRight } from 'lucide-react';
import { useState } from 'react';
import { PersonName, StaffPage, useProviderWords } from '../../kit/staff';
import { DataTable, EmptyState, Figure, List, Moment, SelectField } from '../../kit/ui';
import { type StaffTransaction, type TransactionType, transactionsQuery } from './data';
import { useAccountWords, useKindWords } from './words';

const TYPES: TransactionType[] = [
  'purchased',
  'earned',
  'spent',
  'gift_sent',
  'premium',
  'call',
  'refund',
  'chargeback',
  'dispute_won',
  'debt_payment',
  'debt_forgiven',
  'conversion',
  'reversal',
  'adjustment',
  'forfeited',
];

/** Every movement of coins, with the accounts it moved between. */
export function TransactionsPage() {
  const { t } = useLingui();
  const kind = useKindWords();
  const [type, setType] = useState<TransactionType | ''>('');
  const transactions = useInfiniteQuery(transactionsQuery(type));
  return (
    <StaffPage title={t`Transactions`}>
      <SelectField
        label={t`Kind`}
        className="max-w-xs"
        value={type}
        onChange={(event) => setType(event.target.value as TransactionType | '')}
      >
        <option value="">{t`All`}</option>
        {TYPES.map((one) => (
          <option key={one} value={one}>
            {kind(one)}
          </option>
        ))}
      </SelectField>
      <List
        query={transactions}
        rows={6}
        empty={
          <EmptyState icon={<ArrowLeftRight aria-hidden />} title={<Trans>No coins have moved here</Trans>}>
            <Trans>Purchases, gifts, refunds: every movement is listed here with both its sides.</Trans>
          </EmptyState>
        }
      >
        {(items) => <TransactionsTable transactions={items} />}
      </List>
    </StaffPage>
  );
}

/** Movements in dense rows, each with both its sides. */
export function TransactionsTable({ transactions }: { transactions: StaffTransaction[] }) {
  const { t } = useLingui();
  const kind = useKindWords();
  return (
    <DataTable<StaffTransaction>
      label={t`Transactions`}
      items={transactions}
      rowKey={(one) => one.id}
      columns={[
        { title: t`When`, cell: (one) => <Moment at={one.created_at} /> },
        { title: t`Kind`, cell: (one) => kind(one.type) },
        { title: t`Who`, cell: (one) => (one.person ? <PersonName person={one.person} /> : '–') },
        { title: t`Coins`, cell: (one) => <Figure signed value={one.amount} />, numeric: true },
        { title: t`From and to`, cell: (one) => <Entries entries={one.entries} /> },
      ]}
    />
  );
}

function Entries({ entries }: { entries: StaffTransaction['entries'] }) {
  const account = useAccountWords();
  const provider = useProviderWords();
  return (
    <ul className="flex flex-col gap-0.5">
      {entries.map((entry) => (
        <li
          key={`${entry.account} ${entry.person?.user_id ?? ''} ${entry.provider ?? ''} ${entry.currency ?? ''}`}
          className="flex justify-between gap-4 whitespace-nowrap"
        >
          <span className="text-soft">
            {account(entry.account)}
            {entry.provider ? ` · ${provider(entry.provider)} ${entry.currency ?? ''}` : null}
            {entry.person?.alias ? ` · ${entry.person.alias}` : null}
          </span>
          <Figure signed value={entry.amount} />
        </li>
      ))}
    </ul>
  );
}

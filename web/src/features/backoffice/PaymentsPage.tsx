import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Receipt } from 'lucide-react';
import { useListSearch } from '../../kit/list-search';
import {
  ExactTime,
  ExportButton,
  FilterField,
  ListTools,
  PersonName,
  StaffPage,
  useProviderWords,
} from '../../kit/staff';
import { Chip, DataTable, EmptyState, Figure, List, Money, type Sorting, type Tone } from '../../kit/ui';
import { paymentsFile, paymentsQuery, type StaffPayment } from './data';
import { type PaymentSearch, paymentFields, paymentSearch } from './searches';
import { usePaymentWords } from './words';

const TONES: Partial<Record<StaffPayment['status'], Tone>> = {
  paid: 'moss',
  held: 'lamp',
  disputed: 'terracotta',
  charged_back: 'terracotta',
  failed: 'terracotta',
};

export function StatusChip({ status }: { status: StaffPayment['status'] }) {
  const words = usePaymentWords();
  return <Chip tone={TONES[status] ?? 'quiet'}>{words(status)}</Chip>;
}

/** Every payment of the community; its address says which, in which order. */
export function PaymentsPage() {
  const { t } = useLingui();
  const statusWords = usePaymentWords();
  const providerWords = useProviderWords();
  const [search, change] = useListSearch(paymentSearch);
  const payments = useInfiniteQuery(paymentsQuery(search));
  const { sort = 'created_at', order = 'desc' } = search;
  return (
    <StaffPage title={t`Payments`}>
      <ListTools search={search} onChange={change} aside={<ExportButton fetchFile={() => paymentsFile(search)} />}>
        <FilterField
          label={t`State`}
          value={search.status}
          values={paymentFields.status}
          words={statusWords}
          onChange={(status) => change({ status })}
        />
        <FilterField
          label={t`Provider`}
          value={search.provider}
          values={paymentFields.provider}
          words={providerWords}
          onChange={(provider) => change({ provider })}
        />
      </ListTools>
      <List
        query={payments}
        rows={6}
        empty={
          <EmptyState icon={<Receipt aria-hidden />} title={<Trans>No payments here</Trans>}>
            <Trans>Whatever people pay, try to pay or get back is listed here.</Trans>
          </EmptyState>
        }
      >
        {(items) => (
          <PaymentsTable
            payments={items}
            sorting={{
              by: sort,
              order,
              onSort: (by, next) => change({ sort: by as PaymentSearch['sort'], order: next }),
            }}
          />
        )}
      </List>
    </StaffPage>
  );
}

/** Payments in dense rows; `ofOne`: all of one person, who is named above. */
export function PaymentsTable({
  payments,
  ofOne = false,
  sorting,
}: {
  payments: StaffPayment[];
  ofOne?: boolean;
  sorting?: Sorting;
}) {
  const { t } = useLingui();
  const provider = useProviderWords();
  return (
    <DataTable<StaffPayment>
      label={t`Payments`}
      items={payments}
      rowKey={(payment) => payment.id}
      sorting={sorting}
      columns={[
        {
          title: t`When`,
          sort: 'created_at',
          cell: (payment) => (
            <Link
              to="/staff/payments/$paymentId"
              params={{ paymentId: payment.id }}
              className="inline-flex min-h-6 items-center underline underline-offset-3"
            >
              <ExactTime at={payment.created_at} />
            </Link>
          ),
        },
        ...(ofOne ? [] : [{ title: t`Who`, cell: (payment: StaffPayment) => <PersonName person={payment.person} /> }]),
        { title: t`State`, cell: (payment) => <StatusChip status={payment.status} /> },
        {
          title: t`Amount`,
          numeric: true,
          sort: 'amount',
          cell: (payment) => (
            <Money
              amount={payment.paid_amount ?? payment.amount}
              currency={payment.paid_currency ?? payment.currency}
            />
          ),
        },
        {
          title: t`Coins`,
          numeric: true,
          cell: (payment) => (payment.kind === 'premium' ? t`Premium` : <Figure value={payment.coins} />),
        },
        { title: t`Provider`, cell: (payment) => provider(payment.provider) },
      ]}
    />
  );
}

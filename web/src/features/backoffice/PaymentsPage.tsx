import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Receipt } from 'lucide-react';
import { useState } from 'react';
import { PersonName, StaffPage, useProviderWords } from '../../kit/staff';
import { Chip, EmptyState, Figure, List, Moment, Money, SelectField, Table, type Tone } from '../../kit/ui';
import { type PaymentStatus, paymentsQuery, type StaffPayment } from './data';
import { usePaymentWords } from './words';

const STATUSES: PaymentStatus[] = [
  'paid',
  'held',
  'pending',
  'failed',
  'expired',
  'partly_refunded',
  'refunded',
  'disputed',
  'charged_back',
];

const TONES: Partial<Record<PaymentStatus, Tone>> = {
  paid: 'moss',
  held: 'lamp',
  disputed: 'terracotta',
  charged_back: 'terracotta',
  failed: 'terracotta',
};

export function StatusChip({ status }: { status: PaymentStatus }) {
  const words = usePaymentWords();
  return <Chip tone={TONES[status] ?? 'quiet'}>{words(status)}</Chip>;
}

/** Every payment of the community, newest first. */
export function PaymentsPage() {
  const { t } = useLingui();
  const statusWords = usePaymentWords();
  const [status, setStatus] = useState<PaymentStatus | ''>('');
  const payments = useInfiniteQuery(paymentsQuery(status));
  return (
    <StaffPage title={t`Payments`}>
      <SelectField
        label={t`State`}
        className="max-w-xs"
        value={status}
        onChange={(event) => setStatus(event.target.value as PaymentStatus | '')}
      >
        <option value="">{t`All`}</option>
        {STATUSES.map((one) => (
          <option key={one} value={one}>
            {statusWords(one)}
          </option>
        ))}
      </SelectField>
      <List
        query={payments}
        rows={6}
        empty={
          <EmptyState icon={<Receipt aria-hidden />} title={<Trans>No payments here</Trans>}>
            <Trans>Whatever people pay, try to pay or get back is listed here.</Trans>
          </EmptyState>
        }
      >
        {(items) => <PaymentsTable payments={items} />}
      </List>
    </StaffPage>
  );
}

/** Payments in dense rows; `ofOne`: all of one person, who is named above. */
export function PaymentsTable({ payments, ofOne = false }: { payments: StaffPayment[]; ofOne?: boolean }) {
  const { t } = useLingui();
  const provider = useProviderWords();
  return (
    <Table<StaffPayment>
      label={t`Payments`}
      items={payments}
      rowKey={(payment) => payment.id}
      columns={[
        {
          title: t`When`,
          cell: (payment) => (
            <Link
              to="/staff/payments/$paymentId"
              params={{ paymentId: payment.id }}
              className="inline-flex min-h-6 items-center whitespace-nowrap underline underline-offset-3"
            >
              <Moment at={payment.paid_at ?? payment.created_at} />
            </Link>
          ),
        },
        ...(ofOne ? [] : [{ title: t`Who`, cell: (payment: StaffPayment) => <PersonName person={payment.person} /> }]),
        { title: t`State`, cell: (payment) => <StatusChip status={payment.status} /> },
        {
          title: t`Amount`,
          numeric: true,
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

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ArrowLeft, Hourglass, PackageCheck, Undo2 } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { FormSheet } from '../../kit/FormSheet';
import { useForm } from '../../kit/form';
import {
  ConflictOfInterest,
  DecideSheet,
  PersonName,
  ReasonField,
  StaffPage,
  useProviderWords,
  useReason,
} from '../../kit/staff';
import {
  amountText,
  Button,
  Card,
  CardList,
  DataTable,
  Field,
  Figure,
  Loaded,
  Moment,
  Money,
  moneyText,
  Notice,
  Row,
  readMoney,
  Section,
  toast,
} from '../../kit/ui';
import { randomUuid } from '../../kit/uuid';
import { paymentQuery, type StaffPayment, type StaffPaymentDetails, useRefund, useRelease } from './data';
import { StatusChip } from './PaymentsPage';
import { useProblemWords } from './words';

/** One payment: what was paid, what its provider said of it, what went back. */
export function PaymentPage() {
  const { t } = useLingui();
  const { paymentId } = useParams({ strict: false });
  const payment = useQuery(paymentQuery(paymentId ?? ''));
  return (
    <StaffPage title={t`Payment`}>
      <Link
        to="/staff/payments"
        className="inline-flex min-h-11 items-center gap-2 self-start font-medium text-soft hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4.5" />
        <Trans>All payments</Trans>
      </Link>
      <Loaded query={payment}>{(details) => <Details details={details} />}</Loaded>
    </StaffPage>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex flex-col">
      <dt className="text-soft text-sm">{name}</dt>
      <dd className="wrap-anywhere font-medium">{children}</dd>
    </div>
  );
}

function Details({ details }: { details: StaffPaymentDetails }) {
  const { t } = useLingui();
  const provider = useProviderWords();
  const { payment } = details;
  const currency = payment.paid_currency ?? payment.currency;
  const left = (payment.paid_amount ?? 0) - payment.refunded;
  const [refunding, setRefunding] = useState(false);
  const [giving, setGiving] = useState(false);
  const problem = useProblemWords();
  const held = payment.status === 'held';
  const caseOpen = details.case !== null && details.case.decision === null;
  const refundAsked = details.refunds.some(({ status }) => status === 'asked');
  // The server decides; these are the doors it would shut.
  const givable = held && !caseOpen && !refundAsked && payment.person.alias !== '';
  const states = { opened: t`opened`, won: t`won: given back to the person`, lost: t`lost` };
  const refundStates = { asked: t`the provider is being asked`, done: t`done`, refused: t`the provider refused` };
  return (
    <>
      <Card className="flex flex-col gap-5">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="font-bold font-display text-xl">
            <Money amount={payment.paid_amount ?? payment.amount} currency={currency} />
          </p>
          <StatusChip status={payment.status} />
        </div>
        <dl className="grid grid-cols-2 gap-4 sm:grid-cols-3">
          <Fact name={t`Who`}>
            <PersonName person={payment.person} />
          </Fact>
          <Fact name={t`Provider`}>{provider(payment.provider)}</Fact>
          <Fact name={t`Bought`}>
            {payment.kind === 'premium' ? (
              t`Premium`
            ) : (
              <Trans>
                <Figure value={payment.coins} /> coins
              </Trans>
            )}
          </Fact>
          <Fact name={t`Paid`}>{payment.paid_at ? <Moment at={payment.paid_at} /> : t`not yet`}</Fact>
          <Fact name={t`Refunded`}>
            <Money amount={payment.refunded} currency={currency} />
          </Fact>
          <Fact name={t`Coins taken back`}>
            <Figure value={payment.coins_clawed_back} />
            {payment.owed > 0 ? (
              <span className="text-terracotta">
                {' '}
                <Trans>
                  (<Figure value={payment.owed} /> owed)
                </Trans>
              </span>
            ) : null}
          </Fact>
          {payment.provider_charge_id ? (
            <Fact name={t`The provider's number`}>{payment.provider_charge_id}</Fact>
          ) : null}
          {payment.release_at ? (
            <Fact name={t`Held until`}>
              <Moment at={payment.release_at} />
            </Fact>
          ) : null}
          {payment.problem && !held ? (
            <Fact name={t`What is wrong`}>
              {problem(payment)}
              {payment.problem_detail ? <span className="text-soft"> ({payment.problem_detail})</span> : null}
            </Fact>
          ) : null}
        </dl>
        {held ? (
          <Notice icon={<Hourglass aria-hidden />} title={<Trans>Held back: nothing has been given for it yet</Trans>}>
            {details.case && !caseOpen ? (
              <Trans>The fraud rules found it doubtful, and its case has been decided.</Trans>
            ) : (
              problem(payment)
            )}
            {caseOpen ? (
              <>
                {' '}
                <Trans>Its case under Fraud says why, and is decided there.</Trans>
              </>
            ) : null}
            {refundAsked ? (
              <>
                {' '}
                <Trans>The provider is being asked to give the money back.</Trans>
              </>
            ) : null}
          </Notice>
        ) : null}
        {details.manual_release ? (
          <p className="text-sm">
            <Trans>
              <span className="font-semibold">Given anyway</span> by <PersonName person={details.manual_release.by} />,{' '}
              <Moment at={details.manual_release.at} />:
            </Trans>{' '}
            <span className="wrap-anywhere">{details.manual_release.reason}</span>
          </p>
        ) : null}
        {details.case ? (
          <Link to="/staff/fraud" className="inline-flex min-h-11 items-center self-start underline underline-offset-3">
            <Trans>The fraud rules gave it {details.case.points} points</Trans>
          </Link>
        ) : null}
        {details.conflict_of_interest && (left > 0 || held) ? (
          <ConflictOfInterest />
        ) : (
          <div className="flex flex-wrap gap-2">
            {givable ? (
              <Button icon={<PackageCheck aria-hidden className="size-5" />} onClick={() => setGiving(true)}>
                <Trans>Give it anyway</Trans>
              </Button>
            ) : null}
            {left > 0 ? (
              <Button look="danger" icon={<Undo2 aria-hidden className="size-5" />} onClick={() => setRefunding(true)}>
                <Trans>Refund</Trans>
              </Button>
            ) : null}
          </div>
        )}
      </Card>
      {details.refunds.length > 0 ? (
        <Section title={<Trans>Refunds</Trans>}>
          <CardList label={t`Refunds`}>
            {details.refunds.map((refund) => (
              <Row
                key={refund.id}
                title={<Money amount={refund.amount} currency={currency} />}
                words={
                  <>
                    {refundStates[refund.status]} · <Moment at={refund.created_at} />
                    {refund.reason ? ` · ${refund.reason}` : null}
                    {refund.problem ? ` · ${refund.problem}` : null}
                  </>
                }
                aside={refund.by ? <PersonName person={refund.by} /> : t`at the provider`}
              />
            ))}
          </CardList>
        </Section>
      ) : null}
      {details.disputes.length > 0 ? (
        <Section title={<Trans>Disputes</Trans>}>
          <CardList label={t`Disputes`}>
            {details.disputes.map((dispute) => (
              <Row
                key={dispute.id}
                title={<Money amount={dispute.amount} currency={currency} />}
                words={
                  <>
                    {states[dispute.status]} · <Moment at={dispute.changed_at} />
                  </>
                }
                aside={
                  <Trans>
                    <Figure value={dispute.coins} /> coins
                  </Trans>
                }
              />
            ))}
          </CardList>
        </Section>
      ) : null}
      {details.webhook_events.length > 0 ? (
        <Section title={<Trans>What the provider told us</Trans>}>
          <DataTable
            label={t`What the provider told us`}
            items={details.webhook_events}
            rowKey={(notice) => notice.id}
            columns={[
              { title: t`Came`, cell: (notice) => <Moment at={notice.received_at} /> },
              { title: t`Its number`, cell: (notice) => notice.event_id },
              {
                title: t`Result`,
                cell: ({ problem: said, read_at }) =>
                  said ? problem({ ...payment, problem: said }) : read_at ? t`read` : t`waits`,
              },
            ]}
          />
        </Section>
      ) : null}
      {giving ? <GiveSheet payment={payment} doubted={details.case !== null} onClose={() => setGiving(false)} /> : null}
      {refunding ? (
        <RefundSheet payment={payment} left={left} currency={currency} onClose={() => setRefunding(false)} />
      ) : null}
    </>
  );
}

function GiveSheet({ payment, doubted, onClose }: { payment: StaffPayment; doubted: boolean; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const give = useRelease(payment.id);
  return (
    <DecideSheet
      onClose={onClose}
      title={t`Give it anyway?`}
      words={[
        payment.kind === 'premium'
          ? t`The membership that was paid for runs from now on, as it was ordered.`
          : t`${i18n.number(payment.coins)} coins are given now, as they were ordered.`,
        doubted
          ? t`What was decided about the doubt stays as it is.`
          : t`The fraud rules have not looked at this payment.`,
      ].join(' ')}
      act={t`Give it anyway`}
      onDecide={async (reason) => {
        await give.mutateAsync(reason);
        toast(t`Given.`);
        onClose();
      }}
    />
  );
}

function RefundSheet({
  payment,
  left,
  currency,
  onClose,
}: {
  payment: StaffPayment;
  left: number;
  currency: string;
  onClose: () => void;
}) {
  const { t, i18n } = useLingui();
  const refund = useRefund(payment.id);
  const key = useRef(randomUuid());
  const { limit, rule } = useReason();
  const whole = moneyText(i18n.locale, left, currency);
  const isRefundable = (amount: number | null) => amount !== null && amount >= 1 && amount <= left;
  const form = useForm({
    initial: { amount: amountText(i18n.locale, left, currency), reason: '' },
    limits: { reason: limit },
    rules: {
      amount: (text) => !isRefundable(readMoney(text, currency)) && t`Write an amount up to ${whole}.`,
      reason: rule,
    },
    send: async ({ amount: text, reason }) => {
      const amount = readMoney(text, currency);
      await refund.mutateAsync({
        key: key.current,
        amount: amount === left ? null : amount,
        reason: reason.trim(),
      });
      toast(t`The provider is being asked.`);
      onClose();
    },
  });
  return (
    <FormSheet
      form={form}
      onClose={onClose}
      title={t`Refund this payment?`}
      words={t`The money goes back through the provider. Coins are taken back in proportion; what was spent already is owed.`}
      act={t`Refund`}
      danger
    >
      <Field label={t`How much`} inputMode="decimal" hint={t`At most ${whole}.`} {...form.field('amount')} />
      <ReasonField {...form.field('reason')} />
    </FormSheet>
  );
}

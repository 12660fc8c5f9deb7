import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ArrowLeft, Undo2 } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import {
  Button,
  Card,
  CardList,
  Field,
  Figure,
  Moment,
  Money,
  moneyText,
  Row,
  readMoney,
  Section,
  Table,
  toast,
} from '../../ui';
import { DecideSheet } from './DecideSheet';
import { type PaymentDetails, paymentQuery, type StaffPayment, useRefund } from './data';
import { Loaded } from './Loaded';
import { StatusChip } from './PaymentsPage';
import { PersonName } from './PersonName';
import { StaffPage } from './StaffFrame';
import { useProviderWords } from './words';

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

function Details({ details }: { details: PaymentDetails }) {
  const { t } = useLingui();
  const provider = useProviderWords();
  const { payment } = details;
  const currency = payment.paid_currency ?? payment.currency;
  const left = (payment.paid_amount ?? 0) - payment.refunded;
  const [refunding, setRefunding] = useState(false);
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
            <Figure value={payment.coins_taken_back} />
            {payment.owed > 0 ? (
              <span className="text-terracotta">
                {' '}
                <Trans>
                  (<Figure value={payment.owed} /> owed)
                </Trans>
              </span>
            ) : null}
          </Fact>
          {payment.charge ? <Fact name={t`The provider's number`}>{payment.charge}</Fact> : null}
          {payment.release_at ? (
            <Fact name={t`Held until`}>
              <Moment at={payment.release_at} />
            </Fact>
          ) : null}
          {payment.problem ? (
            <Fact name={t`What is wrong`}>{[payment.problem, payment.problem_detail].filter(Boolean).join(': ')}</Fact>
          ) : null}
        </dl>
        {details.case ? (
          <Link to="/staff/fraud" className="inline-flex min-h-11 items-center self-start underline underline-offset-3">
            <Trans>The fraud rules gave it {details.case.points} points</Trans>
          </Link>
        ) : null}
        {left > 0 ? (
          <Button
            look="danger"
            className="self-start"
            icon={<Undo2 aria-hidden className="size-5" />}
            onClick={() => setRefunding(true)}
          >
            <Trans>Refund</Trans>
          </Button>
        ) : null}
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
                    {states[dispute.state]} · <Moment at={dispute.changed_at} />
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
      {details.notices.length > 0 ? (
        <Section title={<Trans>What the provider told us</Trans>}>
          <Table
            label={t`What the provider told us`}
            items={details.notices}
            rowKey={(notice) => notice.id}
            columns={[
              { title: t`Came`, cell: (notice) => <Moment at={notice.received_at} /> },
              { title: t`Its number`, cell: (notice) => notice.event_id },
              { title: t`Result`, cell: (notice) => notice.problem ?? (notice.read_at ? t`read` : t`waits`) },
            ]}
          />
        </Section>
      ) : null}
      {refunding ? (
        <RefundSheet payment={payment} left={left} currency={currency} onClose={() => setRefunding(false)} />
      ) : null}
    </>
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
  const key = useRef(crypto.randomUUID());
  const [text, setText] = useState(moneyText(i18n.locale, left, currency).replace(/[^\d.,]/g, ''));
  const [asked, setAsked] = useState(false);
  const amount = readMoney(text, currency);
  const wrong = amount === null || amount < 1 || amount > left;
  const whole = moneyText(i18n.locale, left, currency);
  return (
    <DecideSheet
      open
      onClose={onClose}
      title={t`Refund this payment?`}
      words={t`The money goes back through the provider. Coins are taken back in proportion; what was spent already is owed.`}
      act={t`Refund`}
      danger
      busy={refund.isPending}
      error={refund.error}
      onDecide={(reason) => {
        setAsked(true);
        if (wrong) return;
        refund.mutate(
          { key: key.current, amount: amount === left ? null : amount, reason },
          {
            onSuccess: () => {
              toast(t`The provider is being asked.`);
              onClose();
            },
          },
        );
      }}
    >
      <Field
        label={t`How much`}
        inputMode="decimal"
        hint={t`At most ${whole}.`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        error={asked && wrong ? t`Write an amount up to ${whole}.` : undefined}
      />
    </DecideSheet>
  );
}

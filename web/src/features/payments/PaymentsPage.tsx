import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Receipt } from 'lucide-react';
import type { PaymentStatus } from '../../kit/api/types';
import { Button, CardList, Chip, EmptyState, LinkRow, List, Moment, Money, Page, type Tone } from '../../kit/ui';
import { paymentsQuery } from './data';
import { usePaymentTitle } from './words';

/** Every payment with money, each with its receipt. */
export function PaymentsPage() {
  const { t } = useLingui();
  const title = usePaymentTitle();
  const payments = useInfiniteQuery(paymentsQuery);
  return (
    <Page title={t`Payments`} back="/wallet">
      <List
        query={payments}
        empty={
          <EmptyState
            icon={<Receipt aria-hidden />}
            title={<Trans>You have not paid for anything</Trans>}
            action={
              <Button asChild>
                <Link to="/wallet/buy">
                  <Trans>Buy coins</Trans>
                </Link>
              </Button>
            }
          >
            <Trans>Every payment is listed here with its receipt, even one that did not go through.</Trans>
          </EmptyState>
        }
      >
        {(items) => (
          <CardList label={t`Payments`}>
            {items.map((payment) => (
              <LinkRow
                key={payment.id}
                to="/wallet/payments/$paymentId"
                params={{ paymentId: payment.id }}
                title={title(payment)}
                words={
                  <span className="flex flex-wrap items-center gap-x-2">
                    <Moment at={payment.created_at} />
                    <PaymentMark status={payment.status} />
                  </span>
                }
                aside={<Money amount={payment.amount} currency={payment.currency} className="font-semibold" />}
              />
            ))}
          </CardList>
        )}
      </List>
    </Page>
  );
}

function PaymentMark({ status }: { status: PaymentStatus }) {
  const { t } = useLingui();
  const marks: Record<PaymentStatus, [Tone, string]> = {
    created: ['lamp', t`waiting`],
    pending: ['lamp', t`waiting`],
    held: ['lamp', t`being looked at`],
    paid: ['moss', t`paid`],
    failed: ['terracotta', t`did not go through`],
    expired: ['quiet', t`not paid`],
    partly_refunded: ['quiet', t`partly sent back`],
    refunded: ['quiet', t`sent back`],
    disputed: ['terracotta', t`disputed`],
    charged_back: ['terracotta', t`taken back by the bank`],
  };
  const [tone, words] = marks[status];
  return <Chip tone={tone}>{words}</Chip>;
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Printer } from 'lucide-react';
import { useContext } from 'react';
import type { Payment, PaymentStatus } from '../../kit/api/types';
import { Button, Card, CommunityName, type Fact, Facts, fullTime, Money } from '../../kit/ui';
import { usePaymentTitle, useProviderName } from './words';

/** Nothing was paid: what stands here is an order, and no receipt. */
const UNPAID = new Set<PaymentStatus>(['created', 'pending', 'failed', 'expired']);

/** What was bought, for how much, when, from whom and through whom; to be kept on paper as well. */
export function ReceiptCard({ payment }: { payment: Payment }) {
  const { t, i18n } = useLingui();
  const title = usePaymentTitle();
  const provider = useProviderName();
  const community = useContext(CommunityName);
  const paid = !UNPAID.has(payment.status);
  const facts: Fact[] = [
    { name: t`What`, value: title(payment) },
    { name: t`Price`, value: <Money amount={payment.amount} currency={payment.currency} /> },
    ...(payment.refunded > 0
      ? [{ name: t`Went back`, value: <Money amount={payment.refunded} currency={payment.currency} /> }]
      : []),
    { name: t`When`, value: fullTime(i18n.locale, new Date(payment.created_at)) },
    { name: t`Sold by`, value: community },
    { name: t`Through`, value: provider(payment.provider) },
    { name: t`Number`, value: <span className="break-all text-xs">{payment.id}</span> },
  ];
  return (
    <Card className="flex flex-col gap-4">
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold text-base">{paid ? <Trans>Receipt</Trans> : <Trans>Your order</Trans>}</h2>
        {paid ? (
          <Button
            look="quiet"
            size="sm"
            className="-mr-3.5 print:hidden"
            icon={<Printer aria-hidden className="size-4.5" />}
            onClick={() => print()}
          >
            <Trans>Print</Trans>
          </Button>
        ) : null}
      </div>
      <Facts facts={facts} />
    </Card>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import type { Payment } from '../../api/types';
import { Card, fullTime, Money } from '../../ui';
import { usePaymentTitle, useProviderName } from './words';

/** What was bought, for how much, when and through whom. */
export function ReceiptCard({ payment }: { payment: Payment }) {
  const { i18n } = useLingui();
  const title = usePaymentTitle();
  const provider = useProviderName();
  const rows: [ReactNode, ReactNode][] = [
    [<Trans key="what">What</Trans>, title(payment)],
    [<Trans key="price">Price</Trans>, <Money key="amount" amount={payment.amount} currency={payment.currency} />],
    ...(payment.refunded > 0
      ? [
          [
            <Trans key="back">Went back</Trans>,
            <Money key="refunded" amount={payment.refunded} currency={payment.currency} />,
          ] as [ReactNode, ReactNode],
        ]
      : []),
    [<Trans key="when">When</Trans>, fullTime(i18n.locale, new Date(payment.created_at))],
    [<Trans key="through">Through</Trans>, provider(payment.provider)],
    [
      <Trans key="number">Number</Trans>,
      <span key="id" className="break-all">
        {payment.id}
      </span>,
    ],
  ];
  return (
    <Card>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 text-sm">
        {rows.map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows never change places
          <div key={index} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className="min-w-0 text-right">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { RefreshCw, Scale } from 'lucide-react';
import { useState } from 'react';
import { useWords } from '../../kit/api/words';
import { DecideSheet, StaffPage, useProviderWords } from '../../kit/staff';
import { Button, Card, DataTable, EmptyState, Figure, Loaded, Moment, Money, Section, toast } from '../../kit/ui';
import { type Difference, type ReconciliationRun, reconciliationQuery, useExplain, useReconcile } from './data';

/** Our books beside the providers': what differs, and when they were last held against each other. */
export function ReconciliationPage() {
  const { t } = useLingui();
  const words = useWords();
  const query = useQuery(reconciliationQuery);
  const run = useReconcile();
  return (
    <StaffPage
      title={t`Reconciliation`}
      lead={
        <Trans>
          Every hour our books are compared with the providers'. A difference closes by itself when it is gone.
        </Trans>
      }
      aside={
        <Button
          size="sm"
          icon={<RefreshCw aria-hidden className="size-4.5" />}
          busy={run.isPending}
          onClick={() =>
            run.mutate(undefined, {
              onSuccess: () => toast(t`The books are being compared.`),
              onError: (error) => toast(words(error), { kind: 'fault' }),
            })
          }
        >
          <Trans>Compare now</Trans>
        </Button>
      }
    >
      <Loaded query={query}>
        {({ runs, differences }) => (
          <>
            <Section title={<Trans>Differences</Trans>}>
              {differences.length === 0 ? (
                <EmptyState icon={<Scale aria-hidden />} title={<Trans>Nothing differs</Trans>}>
                  <Trans>
                    If a payment is in one book and not in the other, or for another amount, it is listed here.
                  </Trans>
                </EmptyState>
              ) : (
                <ul className="flex flex-col gap-3">
                  {differences.map((one) => (
                    <li key={one.id}>
                      <DifferenceCard one={one} />
                    </li>
                  ))}
                </ul>
              )}
            </Section>
            {runs.length > 0 ? (
              <Section title={<Trans>Comparisons</Trans>}>
                <Runs runs={runs} />
              </Section>
            ) : null}
          </>
        )}
      </Loaded>
    </StaffPage>
  );
}

function Runs({ runs }: { runs: ReconciliationRun[] }) {
  const { t } = useLingui();
  const provider = useProviderWords();
  return (
    <DataTable
      label={t`Comparisons`}
      items={runs}
      rowKey={(run) => run.id}
      columns={[
        { title: t`When`, cell: (run) => <Moment at={run.created_at} /> },
        { title: t`Provider`, cell: (run) => provider(run.provider) },
        {
          title: t`In our books`,
          cell: (run) => (run.payments == null ? '–' : <Figure value={run.payments} />),
          numeric: true,
        },
        {
          title: t`In theirs`,
          cell: (run) => (run.charges == null ? '–' : <Figure value={run.charges} />),
          numeric: true,
        },
        {
          title: t`Result`,
          cell: (run) =>
            run.problem ??
            (run.finished_at
              ? run.complete
                ? t`everything was compared`
                : t`compared what we know of; this provider lists no more`
              : t`running`),
        },
      ]}
    />
  );
}

function DifferenceCard({ one }: { one: Difference }) {
  const { t } = useLingui();
  const provider = useProviderWords();
  const explain = useExplain();
  const [explaining, setExplaining] = useState(false);
  const kinds: Record<Difference['kind'], string> = {
    missing_here: t`In the provider's books, not in ours`,
    missing_there: t`In our books, not in the provider's`,
    amount: t`The amounts differ`,
    refunded: t`What was refunded differs`,
    disputed: t`Disputed in one of the books only`,
    coins: t`Coins sold and coins of settled payments differ`,
  };
  const figure = (value: number | null | undefined) =>
    value == null ? (
      '–'
    ) : one.currency && one.kind !== 'coins' ? (
      <Money amount={value} currency={one.currency} />
    ) : (
      <Figure value={value} />
    );
  return (
    <Card className="flex flex-col gap-3">
      <p className="font-semibold">{kinds[one.kind]}</p>
      <p className="wrap-anywhere text-sm">
        {provider(one.provider)} ·{' '}
        {one.payment_id ? (
          <Link
            to="/staff/payments/$paymentId"
            params={{ paymentId: one.payment_id }}
            className="underline underline-offset-3"
          >
            {one.subject}
          </Link>
        ) : (
          one.subject
        )}
      </p>
      <p className="text-sm">
        <Trans>
          Ours: {figure(one.ours)} · theirs: {figure(one.theirs)} · seen since <Moment at={one.first_seen_at} />
        </Trans>
      </p>
      <Button size="sm" className="self-start" onClick={() => setExplaining(true)}>
        <Trans>Explain</Trans>
      </Button>
      {explaining ? (
        <DecideSheet
          onClose={() => setExplaining(false)}
          title={t`What is behind it?`}
          words={t`An explained difference leaves this list; nothing in the books changes.`}
          act={t`Explain`}
          onDecide={async (note) => {
            await explain.mutateAsync({ id: one.id, note });
            setExplaining(false);
          }}
        />
      ) : null}
    </Card>
  );
}

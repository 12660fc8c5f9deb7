import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ShieldCheck, SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { StaffPage } from '../../kit/staff';
import { Button, EmptyState, ErrorState, ListSkeleton, MoreButton, Segmented } from '../../kit/ui';
import { CaseCard } from './CaseCard';
import { type CaseStatus, casesQuery } from './data';

/** What the rules doubt, and what staff make of it. */
export function FraudPage() {
  const { t } = useLingui();
  const [status, setStatus] = useState<CaseStatus>('open');
  const cases = useInfiniteQuery(casesQuery(status));
  const items = cases.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <StaffPage
      title={t`Fraud`}
      aside={
        <Button asChild size="sm">
          <Link to="/staff/fraud/rules">
            <SlidersHorizontal aria-hidden className="size-4.5" />
            <Trans>The rules</Trans>
          </Link>
        </Button>
      }
      lead={
        <Trans>
          Purchases that the rules find doubtful wait here. A rule can be wrong about somebody, so it says what it saw.
        </Trans>
      }
    >
      <Segmented
        label={t`Which cases`}
        value={status}
        onChange={setStatus}
        className="max-w-sm"
        options={[
          { value: 'open', words: t`To decide` },
          { value: 'closed', words: t`Decided` },
        ]}
      />
      {cases.isPending ? <ListSkeleton rows={3} /> : null}
      {cases.isError && !cases.data ? <ErrorState onRetry={() => cases.refetch()} /> : null}
      {cases.isSuccess && items.length === 0 ? (
        <EmptyState
          icon={<ShieldCheck aria-hidden />}
          title={status === 'open' ? <Trans>Nothing to decide</Trans> : <Trans>Nothing has been decided yet</Trans>}
        >
          <Trans>When a purchase or a round of gifts looks wrong, it is listed here with the reasons.</Trans>
        </EmptyState>
      ) : null}
      <ul className="flex flex-col gap-4">
        {items.map((one) => (
          <li key={one.id}>
            <CaseCard one={one} />
          </li>
        ))}
      </ul>
      <MoreButton query={cases} />
    </StaffPage>
  );
}

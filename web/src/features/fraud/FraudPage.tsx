import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ShieldCheck, SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { StaffPage } from '../../kit/staff';
import { Button, EmptyState, List, Segmented } from '../../kit/ui';
import { CaseCard } from './CaseCard';
import { type CaseStatus, casesQuery } from './data';

/** What the rules doubt, and what staff make of it. */
export function FraudPage() {
  const { t } = useLingui();
  const [status, setStatus] = useState<CaseStatus>('open');
  const cases = useInfiniteQuery(casesQuery(status));
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
      <List
        query={cases}
        rows={3}
        empty={
          <EmptyState
            icon={<ShieldCheck aria-hidden />}
            title={status === 'open' ? <Trans>Nothing to decide</Trans> : <Trans>Nothing has been decided yet</Trans>}
          >
            <Trans>When a purchase or a round of gifts looks wrong, it is listed here with the reasons.</Trans>
          </EmptyState>
        }
      >
        {(items) => (
          <ul className="flex flex-col gap-4">
            {items.map((one) => (
              <li key={one.id}>
                <CaseCard one={one} />
              </li>
            ))}
          </ul>
        )}
      </List>
    </StaffPage>
  );
}

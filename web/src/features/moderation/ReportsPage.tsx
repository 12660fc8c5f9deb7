import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Flag } from 'lucide-react';
import { useState } from 'react';
import { StaffPage } from '../../kit/staff';
import { EmptyState, List, Segmented } from '../../kit/ui';
import { type ReportQueue, reportCasesQuery } from './data';
import { ReportCaseCard } from './ReportCaseCard';

/** Who was reported, and what staff make of it. */
export function ReportsPage() {
  const { t } = useLingui();
  const [queue, setQueue] = useState<ReportQueue>('suspended');
  const cases = useInfiniteQuery(reportCasesQuery(queue));
  return (
    <StaffPage
      title={t`Reports`}
      lead={
        <Trans>
          Enough reports stop somebody from meeting people for a day, and you decide. Nobody is told who reported, not
          even you.
        </Trans>
      }
    >
      <Segmented
        label={t`Which reports`}
        value={queue}
        onChange={setQueue}
        className="max-w-lg"
        options={[
          { value: 'suspended', words: t`Suspended` },
          { value: 'open', words: t`Others` },
          { value: 'closed', words: t`Decided` },
        ]}
      />
      <List
        query={cases}
        rows={3}
        empty={
          <EmptyState
            icon={<Flag aria-hidden />}
            title={
              queue === 'suspended' ? (
                <Trans>Nobody is suspended</Trans>
              ) : queue === 'open' ? (
                <Trans>Nobody else is reported</Trans>
              ) : (
                <Trans>Nothing has been decided yet</Trans>
              )
            }
          >
            <Trans>Only others see cases about you, and about people you have reported.</Trans>
          </EmptyState>
        }
      >
        {(items) => (
          <ul className="flex flex-col gap-4">
            {items.map((one) => (
              <li key={one.id}>
                <ReportCaseCard one={one} />
              </li>
            ))}
          </ul>
        )}
      </List>
    </StaffPage>
  );
}

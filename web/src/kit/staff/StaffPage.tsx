import { Trans, useLingui } from '@lingui/react/macro';
import { Outlet, useLocation } from '@tanstack/react-router';
import { ShieldAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMe } from '../api/session';
import { EmptyState, Page, PageTabs } from '../ui';

/** Whether the person sees the community's money: the server asks the database each time, this only hides doors. */
export function useRunsCommunity(): boolean {
  const { role } = useMe();
  return role === 'admin' || role === 'owner';
}

const REPORTS = '/staff/reports';

/** The pages of those who run the square. */
export function StaffFrame() {
  const { t } = useLingui();
  const runsCommunity = useRunsCommunity();
  const { role } = useMe();
  const { pathname } = useLocation();
  if (!runsCommunity && !(role === 'moderator' && pathname.startsWith(REPORTS))) {
    return (
      <Page title={t`Running the square`} back="/me">
        <EmptyState
          icon={<ShieldAlert aria-hidden />}
          title={<Trans>These pages are for those who run this square</Trans>}
        >
          <Trans>If you should see them, ask the owner to give you the role.</Trans>
        </EmptyState>
      </Page>
    );
  }
  return <Outlet />;
}

/** One of them: wider than a member's page, with the others a touch away. */
export function StaffPage({
  title,
  aside,
  lead,
  children,
}: {
  title: string;
  aside?: ReactNode;
  lead?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useLingui();
  const runsCommunity = useRunsCommunity();
  return (
    <Page title={title} back="/me" backOnPhone aside={aside} lead={lead} className="max-w-[1100px]">
      {runsCommunity ? (
        <PageTabs
          label={t`Running the square`}
          tabs={[
            { to: '/staff', words: t`Revenue` },
            { to: '/staff/payments', words: t`Payments` },
            { to: '/staff/transactions', words: t`Transactions` },
            { to: '/staff/people', words: t`People` },
            { to: REPORTS, words: t`Reports` },
            { to: '/staff/fraud', words: t`Fraud` },
            { to: '/staff/reconciliation', words: t`Reconciliation` },
            { to: '/staff/shop', words: t`Shop` },
            { to: '/staff/legal', words: t`Legal texts` },
          ]}
        />
      ) : null}
      {children}
    </Page>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Outlet } from '@tanstack/react-router';
import { ShieldAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMe } from '../api/session';
import { RoomTabs } from '../RoomTabs';
import { useShownPage } from '../redirect';
import { EmptyState, Page } from '../ui';

/** Whether the person sees the community's money: the server asks the database each time, this only hides doors. */
export function useRunsCommunity(): boolean {
  const { role } = useMe();
  return role === 'admin' || role === 'owner';
}

/** The pages of those who run the square. */
export function StaffFrame() {
  const { t } = useLingui();
  const runsCommunity = useRunsCommunity();
  const { role } = useMe();
  const { moderators } = useShownPage();
  if (!runsCommunity && !(role === 'moderator' && moderators)) {
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
      {runsCommunity ? <RoomTabs of="staff" label={t`Running the square`} /> : null}
      {children}
    </Page>
  );
}

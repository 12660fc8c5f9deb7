import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMe } from '../api/session';
import { secondFactorQuery } from '../queries';
import { RoomTabs } from '../RoomTabs';
import { useShownPage } from '../redirect';
import { Button, EmptyState, Page } from '../ui';
import { maySee } from './data';

/** Whether the person sees the community's money: the server asks the database each time, this only hides doors. */
export function useRunsCommunity(): boolean {
  const { role } = useMe();
  return role === 'admin' || role === 'owner';
}

/** The pages of those who run the square. */
export function StaffFrame() {
  const { t } = useLingui();
  const { role } = useMe();
  const page = useShownPage();
  const { data: factor } = useQuery(secondFactorQuery);
  if (!maySee(role, page)) {
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
  if (factor?.is_required && !factor.is_session_strong) return <SecondStepNeeded isOn={factor.is_on} />;
  return <Outlet />;
}

/** The server refuses these pages to a session with one factor; this is the way to a second. */
function SecondStepNeeded({ isOn }: { isOn: boolean }) {
  const { t } = useLingui();
  return (
    <Page title={t`Running the square`} back="/me">
      <EmptyState
        icon={<ShieldCheck aria-hidden />}
        title={<Trans>These pages ask for two-step log-in</Trans>}
        action={
          <Button look="lamp" asChild>
            <Link to="/me/sign-in" hash="two-step">
              {isOn ? <Trans>Logging in</Trans> : <Trans>Set it up</Trans>}
            </Link>
          </Button>
        }
      >
        {isOn ? (
          <Trans>This session was opened without the second step. Log out, and log in again with it.</Trans>
        ) : (
          <Trans>It takes two minutes and an authenticator app. Your role stays as it is.</Trans>
        )}
      </EmptyState>
    </Page>
  );
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

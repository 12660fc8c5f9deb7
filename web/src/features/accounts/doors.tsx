import { useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useSession } from '../../kit/api/session';
import { ownPath, useRedirect } from '../../kit/redirect';
import { BannedPage } from './BannedPage';
import { FoundingPage, JoinPage } from './JoinPage';
import { LogInPage as LogIn } from './LogInPage';
import { ResetPage as Reset } from './ResetPage';

/** Who is in already has no business at the door; who is shut out is told why. */
function Door({ children }: { children: ReactNode }) {
  const { status, ended } = useSession();
  const { next } = useSearch({ strict: false }) as { next?: string };
  useRedirect(status === 'in' ? ownPath(next) : null);
  if (ended?.code === 'banned') return <BannedPage />;
  if (status === 'in') return null;
  return children;
}

export const MemberJoinPage = () => (
  <Door>
    <JoinPage />
  </Door>
);
export const FounderJoinPage = () => (
  <Door>
    <FoundingPage />
  </Door>
);
export const LogInPage = () => (
  <Door>
    <LogIn />
  </Door>
);
export const ResetPage = () => (
  <Door>
    <Reset />
  </Door>
);

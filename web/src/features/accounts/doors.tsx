import { type ReactNode, useEffect } from 'react';
import { useSession } from '../../kit/api/session';
import { ownPath, useQueryWord, useWay } from '../../kit/way';
import { BannedPage } from './BannedPage';
import { FoundingPage, JoinPage } from './JoinPage';
import { LogInPage as LogIn } from './LogInPage';
import { loadLater } from './later';
import { ResetPage as Reset } from './ResetPage';

/** Leads those who are in to where they wanted; the door stands, but still, until that is there. Who is shut out is told why. */
function Door({ children }: { children: ReactNode }) {
  const { status, ended } = useSession();
  const next = useQueryWord('next');
  const { go } = useWay();
  useEffect(() => {
    if (status === 'in') go(ownPath(next), { replace: true });
  }, [status, next, go]);
  useEffect(loadLater, []);
  if (ended?.code === 'banned') return <BannedPage />;
  return (
    <div className="contents" inert={status === 'in'}>
      {children}
    </div>
  );
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

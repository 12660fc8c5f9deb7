import { Trans, useLingui } from '@lingui/react/macro';
import { Outlet, useRouter, useRouterState } from '@tanstack/react-router';
import { type ComponentType, type ReactNode, Suspense, useEffect, useMemo, useState } from 'react';
import { BannedPage, LandingPage } from '../features/accounts';
import { useSession } from '../kit/api/session';
import { useConnection } from '../kit/realtime';
import { useRedirect, useShownPage, useShownPath } from '../kit/redirect';
import { partsAbove, partsBeside, partsInDock, places, topParts } from '../kit/room';
import { useCountInTitle } from '../kit/title';
import {
  Alias,
  Avatar,
  Bone,
  BottomBar,
  Dock,
  DuskSign,
  ErrorState,
  Mark,
  type Place,
  Rail,
  Skeleton,
  TopBar,
} from '../kit/ui';
import { type Way, WayContext } from '../kit/way';
import { Surroundings } from './Surroundings';

const PATIENCE = 4000;

/** Around every page of the router. */
export function Root() {
  const { history } = useRouter();
  const search = useRouterState({ select: ({ location }) => location.searchStr });
  const way = useMemo<Way>(
    () => ({ search, go: (href, { replace } = {}) => (replace ? history.replace(href) : history.push(href)) }),
    [history, search],
  );
  return (
    <WayContext value={way}>
      <Surroundings late={useLateLine()}>
        <Outlet />
      </Surroundings>
    </WayContext>
  );
}

/** True while the line is down for longer than a moment: one that is back within seconds is nobody's business. */
function useLateLine(): boolean {
  const loggedIn = useSession((state) => state.status === 'in');
  const connection = useConnection((state) => state.connection);
  const [late, setLate] = useState(false);
  const down = loggedIn && (connection === 'waiting' || connection === 'connecting');
  useEffect(() => {
    if (!down) {
      setLate(false);
      return;
    }
    const timer = setTimeout(setLate, PATIENCE, true);
    return () => clearTimeout(timer);
  }, [down]);
  return late;
}

/** The frame of those who are in: bar or rail, and the page. */
export function AppFrame() {
  const { t } = useLingui();
  const { status, me, ended } = useSession();
  const path = useShownPath();
  // Who was thrown out is told so where they can come back in; who was never in sees what this is.
  const thrownOut = ended !== null && ended.code !== 'left';
  const mustLogIn = status === 'out' && ended?.code !== 'banned' && (path !== '/' || thrownOut);
  const door = ended?.code === 'left' ? '/' : `/login?next=${encodeURIComponent(path)}`;
  useRedirect(mustLogIn ? door : null);

  if (ended?.code === 'banned') return <BannedPage />;
  if (mustLogIn) return <Opening />;
  if (status === 'out') return <LandingPage />;
  if (!me) return <Opening />;
  return <Inside label={t`Places`} />;
}

function Inside({ label }: { label: string }) {
  const me = useSession((state) => state.me);
  const { bare } = useShownPage();
  const [rail, bar] = usePlaces();
  if (!me) return null;
  const shadow = me.profile.face === 'shadow';

  return (
    <div className="lg:flex">
      <Rail
        label={label}
        places={rail}
        foot={
          <>
            {shadow ? <DuskSign alias={me.profile.alias} /> : null}
            <div className="flex items-center gap-3 px-2 text-sm">
              <Avatar seed={me.profile.avatar_seed} size={36} />
              <Alias alias={me.profile.alias} tag={me.profile.tag} />
            </div>
          </>
        }
      />
      <div className="min-w-0 flex-1">
        <Parts of={partsAbove()} />
        <Dock strip={bare === true}>
          <Parts of={partsInDock()} />
        </Dock>
        {bare ? null : (
          <TopBar brief={shadow}>
            {shadow ? <DuskSign alias={me.profile.alias} /> : null}
            {topParts().map(({ rank, Part }) => (
              <Part key={rank} />
            ))}
          </TopBar>
        )}
        <main
          id="page"
          tabIndex={-1}
          className={bare ? 'outline-none' : 'pb-[calc(5rem+var(--dock))] outline-none lg:pb-[var(--dock)]'}
        >
          <Outlet />
        </main>
      </div>
      {bare ? null : <BottomBar label={label} places={bar} />}
      <CountInTitle />
      <Parts of={partsBeside()} />
    </div>
  );
}

const Parts = ({ of }: { of: ComponentType[] }) =>
  of.map((Part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the list stays as it is
    <Suspense key={at}>
      <Part />
    </Suspense>
  ));

/** How much is new in all places together. */
function CountInTitle(): null {
  let count = 0;
  for (const { useCount } of places()) {
    // biome-ignore lint/correctness/useHookAtTopLevel: the list stays as it is
    count += useCount?.() ?? 0;
  }
  useCountInTitle(count);
  return null;
}

/** The places of a desktop's rail and of a phone's bar, where others lie behind Me. */
function usePlaces(): [Place[], Place[]] {
  const { i18n } = useLingui();
  const path = useShownPath();
  const { place } = useShownPage();
  const all = places();
  const isHere = (to: string) => place === to || (to !== '/' && `${path}/`.startsWith(`${to}/`));
  const behindMe = all.some(({ to, phone }) => phone === 'me' && isHere(String(to)));
  const rail = all.map(({ to, title, icon, useCount }) => ({
    to,
    icon,
    useCount,
    words: i18n._(title),
    within: place === to,
  }));
  const bar = rail
    .filter((_, at) => all[at]?.phone === 'bar')
    .map((one) => (one.to === '/me' ? { ...one, within: behindMe } : one));
  return [rail, bar];
}

/** While we ask whether there is a session: first a breath, then the truth about the network. */
function Opening(): ReactNode {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(setLate, PATIENCE, true);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main id="page" className="flex min-h-dvh flex-col items-center justify-center gap-6 px-5">
      {late ? (
        <ErrorState title={<Trans>We cannot reach the square just now</Trans>} onRetry={() => location.reload()}>
          <Trans>
            You are still logged in, and what was said is kept on this device. We try again every few seconds.
          </Trans>
        </ErrorState>
      ) : (
        <Skeleton className="flex flex-col items-center gap-4">
          <Mark className="size-16!" />
          <Bone className="mx-auto mt-4 w-32" />
        </Skeleton>
      )}
    </main>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { CloudOff, Cookie, ShieldAlert } from 'lucide-react';
import { type ComponentType, type ReactNode, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { BannedPage, LandingPage } from '../features/accounts';
import { useSession } from '../kit/api/session';
import { configQuery } from '../kit/queries';
import { useConnection } from '../kit/realtime';
import { useRedirect, useShownPage, useShownPath } from '../kit/redirect';
import { partsAbove, partsBeside, partsInDock, places, topParts } from '../kit/room';
import { browserKeeps } from '../kit/storage';
import { useCountInTitle } from '../kit/title';
import {
  Alias,
  Avatar,
  Banner,
  Bone,
  BottomBar,
  CommunityName,
  Dock,
  DuskSign,
  ErrorState,
  Mark,
  type Place,
  Rail,
  Skeleton,
  SkipLink,
  Toasts,
  TopBar,
  toast,
} from '../kit/ui';
import { useUpdate } from './shell-worker';

/** Around every page: what is true of the whole app just now, and the words in passing. */
export function Root() {
  const own = useSession((state) => state.me?.tenant.name);
  const { data: config } = useQuery(configQuery);
  return (
    <CommunityName value={own ?? config?.tenant.name ?? 'Meydan'}>
      <SkipLink />
      <AppBanners />
      <Outlet />
      <Toasts />
    </CommunityName>
  );
}

function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => {
      addEventListener('online', changed);
      addEventListener('offline', changed);
      return () => {
        removeEventListener('online', changed);
        removeEventListener('offline', changed);
      };
    },
    () => navigator.onLine,
  );
}

const PATIENCE = 4000;

function AppBanners() {
  const { t } = useLingui();
  const online = useOnline();
  const loggedIn = useSession((state) => state.status === 'in');
  const connection = useConnection((state) => state.connection);
  const takeOver = useUpdate((state) => state.takeOver);
  const [keeps] = useState(browserKeeps);
  const [late, setLate] = useState(false);

  // A line that is back within seconds is nobody's business.
  const down = loggedIn && (connection === 'waiting' || connection === 'connecting');
  useEffect(() => {
    if (!down) {
      setLate(false);
      return;
    }
    const timer = setTimeout(setLate, PATIENCE, true);
    return () => clearTimeout(timer);
  }, [down]);

  useEffect(() => {
    if (takeOver) toast(t`A newer Meydan is here.`, { kind: 'news', action: { label: t`Reload`, onClick: takeOver } });
  }, [takeOver, t]);

  return (
    <>
      {window.isSecureContext ? null : (
        <Banner tone="terracotta" icon={<ShieldAlert aria-hidden />}>
          <Trans>
            This page came over plain HTTP, so the browser gives us no keys: encrypted talks, the offline shell and your
            place do not work here. Open it over https, or at 127.0.0.1 on the machine itself.
          </Trans>
        </Banner>
      )}
      {keeps ? null : (
        <Banner tone="terracotta" icon={<Cookie aria-hidden />}>
          <Trans>
            This browser blocks cookies and site data here. You can look around, but a log-in ends with this page, and
            encrypted talks do not open. Allow both for this page, then reload it.
          </Trans>
        </Banner>
      )}
      {!online ? (
        <Banner icon={<CloudOff aria-hidden />}>
          <Trans>You are offline. What you write is kept and sent when the network is back.</Trans>
        </Banner>
      ) : late ? (
        <Banner icon={<CloudOff aria-hidden />}>
          <Trans>The connection to the square is down. We keep trying; nothing is lost.</Trans>
        </Banner>
      ) : null}
    </>
  );
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
          <Mark className="size-16" />
          <Bone className="mx-auto mt-4 w-32" />
        </Skeleton>
      )}
    </main>
  );
}

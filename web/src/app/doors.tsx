import { Trans } from '@lingui/react/macro';
import { Component, type ReactNode, Suspense, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import * as accounts from '../features/accounts';
import * as growth from '../features/growth';
import * as legal from '../features/legal';
import * as tenants from '../features/tenants';
import { useSession } from '../kit/api/session';
import { openRooms } from '../kit/room';
import { ErrorState } from '../kit/ui';
import { type Way, WayContext } from '../kit/way';
import { Surroundings } from './Surroundings';

const PAGES = {
  '/': accounts.LandingPage,
  '/join': accounts.MemberJoinPage,
  '/community': accounts.FounderJoinPage,
  '/login': accounts.LogInPage,
  '/reset': accounts.ResetPage,
} as const;
type Path = keyof typeof PAGES;

export const isDoor = (path: string): path is Path => Object.hasOwn(PAGES, path);

/** Makes the words and refusals known that a visitor may meet. */
export function openDoors(): void {
  openRooms({ accounts: accounts.door, growth: growth.door, legal: legal.door, tenants: tenants.door });
}

/** Loads the page of a door, so that it is drawn at once. */
export const doorReady = (path: string): Promise<unknown> => (isDoor(path) ? PAGES[path].preload() : Promise.resolve());

const listeners = new Set<() => void>();

function listen(changed: () => void): () => void {
  listeners.add(changed);
  addEventListener('popstate', changed);
  return () => {
    listeners.delete(changed);
    removeEventListener('popstate', changed);
  };
}

const readPath = () => location.pathname;
const readSearch = () => location.search;

const go: Way['go'] = (href, { replace = false } = {}) => {
  history[replace ? 'replaceState' : 'pushState'](null, '', href);
  if (!replace) scrollTo(0, 0);
  for (const changed of listeners) changed();
};
const ahead = (href: string) => void doorReady(new URL(href, location.origin).pathname);

/**
 * The pages before one is in, without the router: their scripts stay few. `enter` replaces them by all the rest, once
 * somebody is in or goes elsewhere; until that is loaded, the page stands as it is.
 */
export function Doors({ enter }: { enter: () => void }) {
  const path = useSyncExternalStore(listen, readPath, readPath);
  const search = useSyncExternalStore(listen, readSearch, readSearch);
  const isIn = useSession((state) => state.status === 'in');
  const leaves = isIn || !isDoor(path);
  const [shown, setShown] = useState<Path>(isDoor(path) ? path : '/');
  if (!leaves && path !== shown) setShown(path);
  useEffect(() => {
    if (leaves) enter();
  }, [leaves, enter]);
  const way = useMemo<Way>(() => ({ search, go, ahead }), [search]);
  const Page = PAGES[shown];
  return (
    <WayContext value={way}>
      <Surroundings>
        <Unbroken>
          <Suspense>
            <Page />
          </Suspense>
        </Unbroken>
      </Surroundings>
    </WayContext>
  );
}

class Unbroken extends Component<{ children: ReactNode }> {
  override state = { broken: false };
  static getDerivedStateFromError = () => ({ broken: true });

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <main id="page" className="flex min-h-dvh flex-col justify-center px-5">
        <ErrorState title={<Trans>Something went wrong here</Trans>} onRetry={() => location.reload()}>
          <Trans>
            What you sent is safe. Reload the page; if it breaks again, tell the people who run this square.
          </Trans>
        </ErrorState>
      </main>
    );
  }
}

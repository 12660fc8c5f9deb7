import { useSession } from './api/session';
import type { Me } from './api/types';
import { queryClient } from './queries';

/** Begins to ask, unless an answer is fresh or on its way. The page shows what comes of it, a failure too. */
export const ask: typeof queryClient.prefetchQuery = (query) => queryClient.prefetchQuery(query);

/** Begins to ask for the first page of a list. */
export const askPages: typeof queryClient.prefetchInfiniteQuery = (query) => queryClient.prefetchInfiniteQuery(query);

/** Goes on as soon as it is known who is logged in here, if anybody is: at once, but for the very first page. */
export function onceKnown(go: (me: Me | null) => void): void {
  const { status, me } = useSession.getState();
  if (status !== 'asking') {
    go(me);
    return;
  }
  const stop = useSession.subscribe((now) => {
    if (now.status === 'asking') return;
    stop();
    go(now.me);
  });
}

/**
 * The loader of a route: asks for the page's first data while the page's file is loaded. The router does not wait for it,
 * so the page comes with its bones. Nothing is asked for somebody who is not in.
 */
export const firstData =
  <Context = unknown>(begin: (context: Context) => unknown) =>
  (context: Context): void =>
    onceKnown((me) => {
      if (me) begin(context);
    });

/** The same for a door, which everybody may open. */
export const doorData =
  <Context = unknown>(begin: (context: Context) => unknown) =>
  (context: Context): void =>
    onceKnown(() => {
      begin(context);
    });

import { create } from 'zustand';
import { freshToken, refresh, useSession } from '../api/session';
import { configQuery, queryClient } from '../queries';
import type { News } from './frames';
import { type Connection, RealtimeSocket } from './socket';

type Listener = (frame: News) => void;

/** Whether the line to the gateway stands, for the words at the top of the page. */
export const useConnection = create<{ connection: Connection }>(() => ({ connection: 'closed' }));

const listeners = new Set<Listener>();
const watched = new Map<string, string>();
let socket: RealtimeSocket | null = null;

/** Hears every frame of the person logged in; returns how to stop. Call it once per room, not per component. */
export function onNews(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follows the presence of the other side of a conversation, over every reconnect; returns how to stop. */
export function watchPresence(conversationId: string, grant: string): () => void {
  watched.set(conversationId, grant);
  socket?.say({ t: 'watch', grant });
  return () => {
    if (watched.get(conversationId) !== grant) return; // a newer grant took its place
    watched.delete(conversationId);
    socket?.say({ t: 'unwatch', conversation_id: conversationId });
  };
}

export function sayTyping(conversationId: string, on: boolean): void {
  socket?.say({ t: 'typing', conversation_id: conversationId, on });
}

const inSight = () => document.visibilityState === 'visible';

/** Opens the line of a person; returns how to close it. */
export function openLine(userId: string): () => void {
  let closed = false;
  let mine: RealtimeSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const open = async () => {
    const { realtime_url } = await queryClient.ensureQueryData(configQuery);
    if (closed) return;
    mine = new RealtimeSocket({
      url: realtime_url,
      owner: userId,
      watched,
      token: (renew) => (renew ? refresh(useSession.getState().token) : freshToken()),
      onNews: (frame) => {
        for (const listener of listeners) listener(frame);
      },
      onConnection: (connection) => useConnection.setState({ connection }),
      onSessionEnded: () => mine?.stop(),
      inSight,
    });
    socket = mine;
    mine.start();
  };
  const tryToOpen = () => {
    open().catch(() => {
      if (!closed) timer = setTimeout(tryToOpen, 3000); // the API does not answer yet
    });
  };
  tryToOpen();

  const hurry = () => {
    if (inSight()) mine?.hurry();
  };
  const look = () => {
    mine?.look(inSight()); // at once: a page that is being hidden may not run much longer
    hurry();
  };
  addEventListener('online', hurry);
  document.addEventListener('visibilitychange', look);
  // A renewed token must reach the gateway before the old one runs out.
  const unsubscribe = useSession.subscribe((now, before) => {
    if (now.token && now.token !== before.token) void mine?.greetAgain();
  });

  return () => {
    closed = true;
    clearTimeout(timer);
    removeEventListener('online', hurry);
    document.removeEventListener('visibilitychange', look);
    unsubscribe();
    mine?.stop();
    if (socket === mine) socket = null;
  };
}

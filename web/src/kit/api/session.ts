import { create } from 'zustand';
import { elapsedSince, learnServerTime, type Mark, mark } from '../clock';
import { kept } from '../storage';
import { signRefresh } from './browser-key';
import { NoAnswer } from './errors';
import { refusalOf } from './refusal';
import type { Me, Session } from './types';

/**
 * Who is logged in. The access token lives in memory only; the refresh token is a cookie that no script can read. Tabs share
 * what they learn, so that one refresh, log in, change of face or log out is one for all of them.
 */
interface SessionState {
  /** `asking`: we have not yet asked the cookie. */
  status: 'asking' | 'out' | 'in';
  token: string | null;
  /** When the token came, and after how many milliseconds it should be renewed. */
  takenAt: Mark;
  renewAfter: number;
  me: Me | null;
  /** Why it ended: a code of the server, or `left` when the person ended it here. */
  ended: { code: string; problem: Record<string, unknown> } | null;
}

type News = { kind: 'session'; session: Session } | { kind: 'ended' };

const SIGNED_IN = 'meydan.signed_in';
const TENANT = 'meydan.tenant';
const FACE = 'meydan.face';

export const useSession = create<SessionState>(() => ({
  status: 'asking',
  token: null,
  takenAt: mark(),
  renewAfter: 0,
  me: null,
  ended: null,
}));

/** The person logged in; only pages behind the log in use it. */
export function useMe(): Me {
  const me = useSession((state) => state.me);
  if (!me) throw new Error('nobody is logged in here');
  return me;
}

/** Whether somebody was logged in here when the page was left; whether they still are is for the server to say. */
export const wasSignedIn = (): boolean => kept.getItem(SIGNED_IN) !== null;

function channel(): BroadcastChannel | null {
  try {
    return new BroadcastChannel('meydan.session');
  } catch {
    return null; // an old browser, or one that blocks site data: its tabs know nothing of each other
  }
}

const tabs = channel();
tabs?.addEventListener('message', ({ data }: MessageEvent<News>) => {
  if (data.kind === 'session') take(data.session);
  else drop(null);
});

/** Whatever a server says, a token is not renewed more often than this. */
const SHORTEST_LIFE = 60_000;

/** Told in seconds from the answer on: no clock of the person's is asked. */
function renewAfter({ expires_in }: Session): number {
  return Math.max(SHORTEST_LIFE, expires_in * 1000) * 0.75;
}

/** Whether the token has most of its life still before it. */
export function isFresh({ token, takenAt, renewAfter }: SessionState): boolean {
  return token !== null && elapsedSince(takenAt) < renewAfter;
}

function take(session: Session): void {
  kept.setItem(SIGNED_IN, '1');
  kept.setItem(TENANT, session.me.tenant.slug);
  kept.setItem(FACE, session.me.profile.face);
  useSession.setState({
    status: 'in',
    token: session.access_token,
    takenAt: mark(),
    renewAfter: renewAfter(session),
    me: session.me,
    ended: null,
  });
}

function drop(ended: SessionState['ended']): void {
  kept.removeItem(SIGNED_IN);
  kept.removeItem(FACE);
  useSession.setState({ status: 'out', token: null, renewAfter: 0, me: null, ended });
}

/** Logged in here, or another face put on: every tab follows. */
export function adopt(session: Session): void {
  take(session);
  tabs?.postMessage({ kind: 'session', session } satisfies News);
}

const LEFT = { code: 'left', problem: {} };
let isLeaving = false;

/** Ends the session at the person's wish. News of its end may come before the answer, and then say the same. */
export async function leaveSession(ask: () => Promise<unknown>): Promise<void> {
  isLeaving = true;
  try {
    await ask();
    endSession(LEFT);
  } finally {
    isLeaving = false;
  }
}

/** The session is over: every tab follows. */
export function endSession(ended: SessionState['ended'] = null): void {
  drop(isLeaving ? LEFT : ended);
  tabs?.postMessage({ kind: 'ended' } satisfies News);
}

export function setMe(me: Me): void {
  useSession.setState({ me });
}

/** The community that requests are addressed to; none means the one of this host. */
export function tenantHeader(): Record<string, string> {
  const slug = kept.getItem(TENANT);
  return slug ? { 'X-Meydan-Tenant': slug } : {};
}

export function chooseTenant(slug: string): void {
  kept.setItem(TENANT, slug);
}

/** The community is gone: back to the one of this host. */
export function forgetTenant(): void {
  kept.removeItem(TENANT);
}

/** So long a tab waits for its turn to renew the session, and so long for the answer. */
const TURN_WITHIN = 10_000;
const ANSWER_WITHIN = 20_000;

let running: Promise<string | null> | null = null;

/**
 * A fresh access token, or null when there is no session any more. However many requests, and however many tabs, ask at
 * once: one of them goes to the server, the others take what it brought. `stale` is the token that no longer works.
 */
export function refresh(stale: string | null): Promise<string | null> {
  running ??= oneAtATime(() => renew(stale)).finally(() => {
    running = null;
  });
  return running;
}

async function oneAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
  // Locks exist on secure origins only; elsewhere the server's grace for concurrent refreshes is what holds.
  if (!navigator.locks) return work();
  let begun = false;
  const inTurn = () => {
    begun = true;
    return work();
  };
  try {
    return await navigator.locks.request('meydan.refresh', { signal: AbortSignal.timeout(TURN_WITHIN) }, inTurn);
  } catch (error) {
    // A frozen tab that keeps its turn, or a browser that refuses locks with its site data: go on without one.
    if (!begun) return work();
    throw error;
  }
}

async function renew(stale: string | null): Promise<string | null> {
  // While we waited for the lock, another tab may have brought a fresh one.
  const { status, token } = useSession.getState();
  if (status === 'out') return null; // a socket that was cut by the log out asks for a token after it
  if (token && token !== stale) return token;

  const signature = await signRefresh();
  let response: Response;
  try {
    response = await fetch('/api/auth/refresh', {
      method: 'POST',
      credentials: 'same-origin',
      signal: AbortSignal.timeout(ANSWER_WITHIN),
      headers: { 'Content-Type': 'application/json', 'X-Meydan': '1', ...tenantHeader() },
      body: JSON.stringify({ signature }),
    });
  } catch (cause) {
    throw new NoAnswer(cause);
  }
  learnServerTime(response);
  if (response.ok) {
    const session = (await response.json()) as Session;
    adopt(session);
    return session.access_token;
  }
  const refusal = await refusalOf(response);
  if (refusal.status === 401 || refusal.status === 403) {
    // Asked before the person left, or logged in anew: it speaks of a session that is no longer this one.
    const now = useSession.getState();
    if (now.token !== token && (now.token !== null || now.ended?.code === LEFT.code)) return now.token;
    endSession({ code: refusal.code, problem: refusal.problem });
    return null;
  }
  throw refusal; // busy or broken, which says nothing about the session
}

/** At the start: is there a session? Offline, or with a broken server, we do not know and keep asking. */
export async function resume(): Promise<void> {
  if (!wasSignedIn()) {
    useSession.setState({ status: 'out' });
    return;
  }
  await refresh(null);
}

/** A token that still lives for a while; used where a request cannot be retried (the socket's hello). */
export async function freshToken(): Promise<string | null> {
  const state = useSession.getState();
  return isFresh(state) ? state.token : refresh(state.token);
}

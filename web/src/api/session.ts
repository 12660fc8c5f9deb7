import { create } from 'zustand';
import { NoAnswer, refusalOf } from './errors';
import type { Me, Session } from './types';

/**
 * Who is logged in. The access token lives in memory only; the refresh token is a cookie that no script can read. Tabs share
 * what they learn, so that one refresh, log in, change of face or log out is one for all of them.
 */
interface SessionState {
  /** `asking`: we have not yet asked the cookie. */
  status: 'asking' | 'out' | 'in';
  token: string | null;
  /** When the token should be renewed, on this machine's clock. */
  renewAt: number;
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
  renewAt: 0,
  me: null,
  ended: null,
}));

const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('meydan.session');
tabs?.addEventListener('message', ({ data }: MessageEvent<News>) => {
  if (data.kind === 'session') take(data.session);
  else drop(null);
});

/** How long a token lives, from its own two times: the person's clock may be wrong. */
function lifetimeMs(token: string, expiresAt: string): number {
  try {
    const payload = JSON.parse(atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')));
    if (typeof payload.exp === 'number' && typeof payload.iat === 'number') return (payload.exp - payload.iat) * 1000;
  } catch {
    // not a token we can read: its stated end is the next best
  }
  return Math.max(0, Date.parse(expiresAt) - Date.now());
}

function take(session: Session): void {
  localStorage.setItem(SIGNED_IN, '1');
  localStorage.setItem(TENANT, session.me.tenant.slug);
  localStorage.setItem(FACE, session.me.profile.face);
  useSession.setState({
    status: 'in',
    token: session.access_token,
    renewAt: Date.now() + lifetimeMs(session.access_token, session.expires_at) * 0.75,
    me: session.me,
    ended: null,
  });
}

function drop(ended: SessionState['ended']): void {
  localStorage.removeItem(SIGNED_IN);
  localStorage.removeItem(FACE);
  useSession.setState({ status: 'out', token: null, renewAt: 0, me: null, ended });
}

/** Logged in here, or another face put on: every tab follows. */
export function adopt(session: Session): void {
  take(session);
  tabs?.postMessage({ kind: 'session', session } satisfies News);
}

/** The session is over: every tab follows. */
export function endSession(ended: SessionState['ended'] = null): void {
  drop(ended);
  tabs?.postMessage({ kind: 'ended' } satisfies News);
}

export function setMe(me: Me): void {
  useSession.setState({ me });
}

/** The community that requests are addressed to; none means the one of this host. */
export function tenantHeader(): Record<string, string> {
  const slug = localStorage.getItem(TENANT);
  return slug ? { 'X-Meydan-Tenant': slug } : {};
}

export function chooseTenant(slug: string): void {
  localStorage.setItem(TENANT, slug);
}

/** The community is gone: back to the one of this host. */
export function forgetTenant(): void {
  localStorage.removeItem(TENANT);
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
  try {
    return await navigator.locks.request('meydan.refresh', { signal: AbortSignal.timeout(TURN_WITHIN) }, work);
  } catch (error) {
    // A tab that the browser froze holds its turn for ever: go on without one.
    if (error instanceof DOMException && error.name === 'TimeoutError') return work();
    throw error;
  }
}

async function renew(stale: string | null): Promise<string | null> {
  // While we waited for the lock, another tab may have brought a fresh one.
  const { token } = useSession.getState();
  if (token && token !== stale) return token;

  let response: Response;
  try {
    response = await fetch('/api/auth/refresh', {
      method: 'POST',
      credentials: 'same-origin',
      signal: AbortSignal.timeout(ANSWER_WITHIN),
      headers: { 'X-Meydan': '1', ...tenantHeader() },
    });
  } catch (cause) {
    throw new NoAnswer(cause);
  }
  if (response.ok) {
    const session = (await response.json()) as Session;
    adopt(session);
    return session.access_token;
  }
  const refusal = await refusalOf(response);
  if (refusal.status === 401 || refusal.status === 403) {
    endSession({ code: refusal.code, problem: refusal.problem });
    return null;
  }
  throw refusal; // busy or broken, which says nothing about the session
}

/** At the start: is there a session? Offline, or with a broken server, we do not know and keep asking. */
export async function resume(): Promise<void> {
  if (!localStorage.getItem(SIGNED_IN)) {
    useSession.setState({ status: 'out' });
    return;
  }
  await refresh(null);
}

/** A token that still lives for a while; used where a request cannot be retried (the socket's hello). */
export async function freshToken(): Promise<string | null> {
  const { token, renewAt } = useSession.getState();
  return token && Date.now() < renewAt ? token : refresh(token);
}

// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answer, api } from './client';
import { NoAnswer, Refused } from './errors';
import { adopt, endSession, freshToken, leaveSession, refresh, resume, useSession } from './session';
import type { Session } from './types';

function session(token: string): Session {
  const profile = { id: 'p', face: 'real', alias: 'ada', tag: '1815' } as Session['me']['profile'];
  return {
    access_token: token,
    expires_at: new Date(Date.now() + 600_000).toISOString(),
    expires_in: 600,
    me: {
      user_id: 'u',
      language: 'tr',
      profile,
      faces: [],
      tenant: { slug: 'default', name: 'Meydan' },
    } as unknown as Session['me'],
  };
}

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

let calls: { path: string; authorization: string | null }[];
let server: (path: string, authorization: string | null) => Response | Promise<Response>;

beforeEach(() => {
  calls = [];
  vi.stubGlobal('fetch', async (input: Request | string) => {
    const request = typeof input === 'string' ? null : input;
    const path = new URL(request?.url ?? String(input), location.origin).pathname;
    const authorization = request?.headers.get('Authorization') ?? null;
    calls.push({ path, authorization });
    return server(path, authorization);
  });
});
afterEach(() => {
  endSession();
  useSession.setState({ status: 'asking' }); // as a page begins
  localStorage.clear();
  vi.unstubAllGlobals();
});

const refreshes = () => calls.filter(({ path }) => path === '/api/auth/refresh').length;

describe('a token that ran out', () => {
  it('is renewed once, however many requests find out at the same time', async () => {
    adopt(session('old'));
    server = (path, authorization) => {
      if (path === '/api/auth/refresh') return json(200, session('new'));
      return authorization === 'Bearer new' ? json(200, { items: [] }) : json(401, { code: 'token_refused' });
    };
    const asks = Array.from({ length: 12 }, () => answer(api.GET('/api/messages/conversations')));
    await expect(Promise.all(asks)).resolves.toHaveLength(12);
    expect(refreshes()).toBe(1);
    expect(useSession.getState().token).toBe('new');
  });

  it('is not renewed again when another tab has brought a fresh one', async () => {
    adopt(session('fresh'));
    server = () => json(500, {});
    await expect(refresh('stale')).resolves.toBe('fresh');
    expect(refreshes()).toBe(0);
  });

  it('sends a body again, whole', async () => {
    adopt(session('old'));
    const bodies: string[] = [];
    vi.stubGlobal('fetch', async (input: Request | string) => {
      if (typeof input === 'string') return json(200, session('new'));
      bodies.push(await input.text());
      return input.headers.get('Authorization') === 'Bearer new' ? json(200, {}) : json(401, { code: 'token_refused' });
    });
    await answer(api.PUT('/api/users/profile', { body: { bio: 'hello' } }));
    expect(bodies).toEqual(['{"bio":"hello"}', '{"bio":"hello"}']);
  });
});

describe('a clock that is wrong', () => {
  afterEach(() => void vi.useRealTimers());

  it.each([-86_400_000, -1_800_000, 1_800_000, 86_400_000])(
    'by %i ms renews no more often than others',
    async (wrong) => {
      vi.useFakeTimers({ now: Date.now() + wrong, toFake: ['Date', 'performance'] });
      server = () => json(200, session('second'));
      adopt({ ...session('first'), expires_at: new Date(Date.now() - wrong + 600_000).toISOString() });
      vi.advanceTimersByTime(449_000);
      expect(await freshToken()).toBe('first');
      vi.advanceTimersByTime(2000);
      expect(await freshToken()).toBe('second');
      expect(await freshToken()).toBe('second');
      expect(refreshes()).toBe(1);
    },
  );

  it('does not storm a server whose tokens are over at once', async () => {
    server = () => json(200, { ...session('second'), expires_in: 0 });
    adopt({ ...session('first'), expires_in: 0 });
    expect(await freshToken()).toBe('first');
    expect(refreshes()).toBe(0);
  });
});

describe('the turns of tabs', () => {
  it('are not waited for where the browser refuses locks', async () => {
    const blocked = { request: () => Promise.reject(new DOMException('blocked', 'SecurityError')) };
    vi.stubGlobal('navigator', Object.create(navigator, { locks: { value: blocked } }));
    server = () => json(200, session('new'));
    await expect(refresh(null)).resolves.toBe('new');
    expect(refreshes()).toBe(1);
  });

  it('does not wait for ever for a tab that the browser froze', async () => {
    const frozen = {
      request: (_name: string, { signal }: LockOptions) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    };
    vi.stubGlobal('navigator', Object.create(navigator, { locks: { value: frozen } }));
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      const control = new AbortController();
      queueMicrotask(() => control.abort(new DOMException('late', 'TimeoutError')));
      return control.signal;
    });
    server = () => json(200, session('new'));
    await expect(refresh(null)).resolves.toBe('new');
  });
});

describe('a session that is over', () => {
  it('ends in every place of the app, and says why', async () => {
    adopt(session('old'));
    server = () => json(401, { code: 'session_ended' });
    await expect(answer(api.GET('/api/match/state'))).rejects.toMatchObject({ code: 'session_ended' });
    expect(useSession.getState()).toMatchObject({
      status: 'out',
      token: null,
      me: null,
      ended: { code: 'session_ended' },
    });
  });

  it('is not ended by a server that is down', async () => {
    adopt(session('old'));
    server = (path) =>
      path === '/api/auth/refresh' ? json(503, { code: 'unavailable' }) : json(401, { code: 'token_refused' });
    await expect(answer(api.GET('/api/match/state'))).rejects.toBeInstanceOf(Refused);
    expect(useSession.getState().status).toBe('in');
  });
});

describe('at the start', () => {
  it('asks nobody when nobody was logged in here', async () => {
    await resume();
    expect(calls).toEqual([]);
    expect(useSession.getState().status).toBe('out');
  });

  it('does not take a lost network for a log out', async () => {
    localStorage.setItem('meydan.signed_in', '1');
    useSession.setState({ status: 'asking' });
    server = () => Promise.reject(new TypeError('Failed to fetch'));
    await expect(resume()).rejects.toBeInstanceOf(NoAnswer);
    expect(useSession.getState().status).toBe('asking');
    expect(localStorage.getItem('meydan.signed_in')).toBe('1');
  });
});

describe('leaving', () => {
  it('says that the person left, though the end is heard of before the answer', async () => {
    adopt(session('old'));
    server = () => json(401, { code: 'session_ended' });
    await leaveSession(() => refresh('old'));
    expect(useSession.getState()).toMatchObject({ status: 'out', ended: { code: 'left' } });
  });

  it('stays so when a refusal comes late, and a new session is not ended by it', async () => {
    let refuse = (_response: Response) => {};
    const late = () => {
      server = () => new Promise<Response>((resolve) => (refuse = resolve));
      return refresh('old');
    };
    adopt(session('old'));
    const first = late();
    await vi.waitFor(() => expect(refreshes()).toBe(1));
    await leaveSession(() => Promise.resolve());
    refuse(json(401, { code: 'session_ended' }));
    expect(await first).toBeNull();
    expect(useSession.getState()).toMatchObject({ status: 'out', ended: { code: 'left' } });

    adopt(session('old'));
    const second = late();
    await vi.waitFor(() => expect(refreshes()).toBe(2));
    await leaveSession(() => Promise.resolve());
    adopt(session('new'));
    refuse(json(401, { code: 'session_ended' }));
    expect(await second).toBe('new');
    expect(useSession.getState()).toMatchObject({ status: 'in', token: 'new', ended: null });
  });

  it('leaves nothing to renew for a socket that asks after it', async () => {
    adopt(session('old'));
    await leaveSession(() => Promise.resolve());
    server = () => json(401, { code: 'session_ended' });
    expect(await freshToken()).toBeNull();
    expect(refreshes()).toBe(0);
    expect(useSession.getState().ended?.code).toBe('left');
  });

  it('goes on where the server does not answer, and hears of later ends as they are', async () => {
    adopt(session('old'));
    await expect(leaveSession(() => Promise.reject(new NoAnswer(null)))).rejects.toBeInstanceOf(NoAnswer);
    expect(useSession.getState().status).toBe('in');
    server = () => json(401, { code: 'session_ended' });
    await refresh('old');
    expect(useSession.getState().ended?.code).toBe('session_ended');
  });
});

describe('a refusal', () => {
  it('keeps its code and its members', async () => {
    server = () => json(409, { code: 'quota_exhausted', resets_at: '2030-01-01T00:00:00Z' });
    const refusal = await answer(api.GET('/api/match/state')).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refused);
    expect((refusal as Refused).code).toBe('quota_exhausted');
    expect((refusal as Refused).text('resets_at')).toBe('2030-01-01T00:00:00Z');
  });

  it('of something between us and the server has a code too', async () => {
    server = () => new Response('<html>', { status: 502, headers: { 'content-type': 'text/html' } });
    await expect(answer(api.GET('/api/match/state'))).rejects.toMatchObject({ status: 502, code: 'server_error' });
  });
});

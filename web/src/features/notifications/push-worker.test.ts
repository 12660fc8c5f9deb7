import { beforeEach, describe, expect, it, vi } from 'vitest';
import { OPEN, openTarget, type PushScope, remember, renewSubscription, showPush } from './push-worker';

/** A cache in the hand; it keeps one answer by its place. */
function shelf() {
  const kept = new Map<string, string>();
  const cache = {
    match: async (place: string) => (kept.has(place) ? new Response(kept.get(place)) : undefined),
    put: async (place: string, answer: Response) => void kept.set(place, await answer.text()),
  };
  return { kept, open: async () => cache as unknown as Cache };
}

const subscription = (endpoint: string) =>
  ({ toJSON: () => ({ endpoint, keys: { p256dh: 'point', auth: 'new' } }) }) as unknown as PushSubscription;

let shown: [string, NotificationOptions | undefined][];
let caches: ReturnType<typeof shelf>;
let scope: PushScope;

beforeEach(() => {
  shown = [];
  caches = shelf();
  scope = {
    registration: {
      showNotification: async (title: string, options?: NotificationOptions) => void shown.push([title, options]),
      pushManager: { subscribe: vi.fn(async () => subscription('https://push/again')) } as unknown as PushManager,
    },
    clients: { matchAll: vi.fn(async () => []), openWindow: vi.fn(async () => null) },
    navigator: { setAppBadge: vi.fn(async () => {}) },
    caches,
    fetch: vi.fn(async () => new Response(null, { status: 204 })),
  };
});

describe('what arrives', () => {
  const message = {
    title: 'Chess',
    body: 'You have a new message.',
    lang: 'en',
    tag: 't',
    to: '/messages/1',
    profile: 'p',
  };

  it('is shown in the words of the server, and marks the icon', async () => {
    await showPush(scope, `${JSON.stringify(message)}      `);
    expect(shown).toHaveLength(1);
    expect(shown[0]?.[0]).toBe('Chess');
    expect(shown[0]?.[1]).toMatchObject({ body: message.body, lang: 'en', tag: 't', renotify: true });
    expect(shown[0]?.[1]?.data).toEqual({ to: '/messages/1', profile: 'p' });
    expect(scope.navigator.setAppBadge).toHaveBeenCalledWith();
  });

  it.each([undefined, '', 'no JSON', 'null', '7', '{"body":"no title"}'])('is shown even if it is %j', async (text) => {
    await showPush(scope, text);
    expect(shown.map(([title]) => title)).toEqual(['Meydan']);
  });

  it('is shown where the icon takes no mark', async () => {
    scope.navigator.setAppBadge = () => Promise.reject(new Error('no icon'));
    await showPush(scope, JSON.stringify(message));
    delete scope.navigator.setAppBadge;
    await showPush(scope, JSON.stringify(message));
    expect(shown).toHaveLength(2);
  });
});

describe('a click', () => {
  const page = (focused: boolean) => ({ url: '/', focused, focus: vi.fn(async () => {}), postMessage: vi.fn() });

  it('opens the place where no page is open', async () => {
    await openTarget(scope, { to: '/messages/1', profile: 'p' });
    expect(scope.clients.openWindow).toHaveBeenCalledWith('/from-push?to=%2Fmessages%2F1&profile=p');
    await openTarget(scope, { to: '/wallet' });
    expect(scope.clients.openWindow).toHaveBeenLastCalledWith('/from-push?to=%2Fwallet');
  });

  it('leads the page that is open there, without loading it anew', async () => {
    const [behind, before] = [page(false), page(true)];
    scope.clients.matchAll = async () => [behind, before];
    await openTarget(scope, { to: '/messages/1', profile: 'p' });
    expect(before.postMessage).toHaveBeenCalledWith({ kind: OPEN, to: '/messages/1', profile: 'p' });
    expect(before.focus).toHaveBeenCalled();
    expect(behind.postMessage).not.toHaveBeenCalled();
    expect(scope.clients.openWindow).not.toHaveBeenCalled();
  });
});

describe('a subscription that the browser replaces', () => {
  const before = { community: 'chess', key: 'key', endpoint: 'https://push/old', auth: 'old' };
  const sent = () => {
    const [url, init] = vi.mocked(scope.fetch).mock.calls.at(-1) ?? [];
    return { url, headers: init?.headers, body: JSON.parse(String(init?.body)) };
  };

  it('is moved with the old address and its secret, and remembered', async () => {
    await remember(caches, before);
    await renewSubscription(scope, subscription('https://push/new'));
    expect(sent()).toMatchObject({
      url: '/api/notifications/push/renewals',
      headers: { 'X-Meydan': '1', 'X-Meydan-Tenant': 'chess' },
      body: {
        old_endpoint: 'https://push/old',
        old_auth: 'old',
        endpoint: 'https://push/new',
        p256dh: 'point',
        auth: 'new',
      },
    });
    await renewSubscription(scope, subscription('https://push/newer'));
    expect(sent().body.old_endpoint).toBe('https://push/new');
  });

  it('is made anew for the same key where the browser made none', async () => {
    await remember(caches, before);
    await renewSubscription(scope, null);
    expect(scope.registration.pushManager.subscribe).toHaveBeenCalledWith({
      userVisibleOnly: true,
      applicationServerKey: 'key',
    });
    expect(sent().body.endpoint).toBe('https://push/again');
  });

  it('is left alone where nobody is subscribed', async () => {
    await renewSubscription(scope, null);
    expect(scope.fetch).not.toHaveBeenCalled();
    expect(scope.registration.pushManager.subscribe).not.toHaveBeenCalled();
  });

  it('stays what the server knows if the server refuses', async () => {
    await remember(caches, before);
    scope.fetch = vi.fn(async () => new Response(null, { status: 404 }));
    await renewSubscription(scope, subscription('https://push/new'));
    await renewSubscription(scope, subscription('https://push/newer'));
    expect(sent().body.old_endpoint).toBe('https://push/old');
  });
});

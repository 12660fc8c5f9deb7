// Push in the service worker: shows what the server words, opens the right page, moves a subscription that the browser
// changed. It knows no session: what it must remember lies in a cache, where the page puts it. Pages take types from here
// and no code: a worker is one file, and would import what it shares.

/** The message of the server; see docs/push.md. */
interface Shown {
  title: string;
  body: string;
  lang: string;
  tag: string;
  to: string;
  profile?: string;
}

/** What a click opens: a page, and the own face under which it is. */
export interface PushTarget {
  to: string;
  profile?: string;
}

/** The subscription as the server knows it, for the time when the browser replaces it. */
export interface Remembered {
  community: string;
  key: string;
  endpoint: string;
  auth: string;
}

interface Page {
  url: string;
  focused?: boolean;
  focus: () => Promise<unknown>;
  postMessage: (message: unknown) => void;
}

/** The parts of a worker's scope that push needs. */
export interface PushScope {
  registration: Pick<ServiceWorkerRegistration, 'showNotification' | 'pushManager'>;
  clients: {
    matchAll: (options: { type: 'window'; includeUncontrolled: true }) => Promise<readonly Page[]>;
    openWindow: (url: string) => Promise<unknown>;
  };
  navigator: { setAppBadge?: (count?: number) => Promise<void> };
  caches: Pick<CacheStorage, 'open'>;
  fetch: typeof fetch;
}

export const OPEN = 'meydan.open';
export const CACHE = 'meydan-push';
export const PLACE = '/push-subscription';

/** A message that cannot be read still shows something: a browser takes the permission from a page that stays silent. */
const UNREADABLE: Shown = { title: 'Meydan', body: '', lang: 'tr', tag: 'meydan', to: '/' };

function read(text: string | undefined): Shown {
  try {
    const shown = JSON.parse(text ?? '') as Partial<Shown> | null;
    if (typeof shown?.title === 'string') return { ...UNREADABLE, ...shown };
  } catch {
    // not of this server, or of one that is newer than this worker
  }
  return UNREADABLE;
}

export async function showPush(scope: PushScope, text: string | undefined): Promise<void> {
  const { title, body, lang, tag, to, profile } = read(text);
  const options: NotificationOptions & { renotify: boolean } = {
    body,
    lang,
    tag,
    renotify: true,
    icon: '/icon-192.png',
    badge: '/badge.png',
    data: { to, profile } satisfies PushTarget,
  };
  await scope.registration.showNotification(title, options);
  await scope.navigator.setAppBadge?.().catch(() => {}); // the page counts when it is opened
}

/** A page that is open goes there by itself, and keeps what was begun in it; otherwise one is opened. */
export async function openTarget(scope: PushScope, { to, profile }: PushTarget): Promise<void> {
  const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find(({ focused }) => focused) ?? pages[0];
  if (page) {
    page.postMessage({ kind: OPEN, to, profile });
    await page.focus();
    return;
  }
  const search = new URLSearchParams({ to, ...(profile ? { profile } : {}) });
  await scope.clients.openWindow(`/from-push?${search}`);
}

/** The browser has replaced the subscription, or ended it for us to make another. No page needs to be open. */
export async function renewSubscription(scope: PushScope, fresh: PushSubscription | null): Promise<void> {
  const cache = await scope.caches.open(CACHE);
  const kept = await cache.match(PLACE);
  if (!kept) return;
  const before = (await kept.json()) as Remembered;
  const subscription =
    fresh ??
    (await scope.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: before.key }));
  const now = bodyOf(subscription);
  const response = await scope.fetch('/api/notifications/push/renewals', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Meydan': '1', 'X-Meydan-Tenant': before.community },
    body: JSON.stringify({ old_endpoint: before.endpoint, old_auth: before.auth, ...now }),
  });
  if (response.ok) await remember(scope.caches, { ...before, endpoint: now.endpoint, auth: now.auth });
}

/** A subscription in the server's words. */
function bodyOf(subscription: PushSubscription): { endpoint: string; p256dh: string; auth: string } {
  const { endpoint = '', keys = {} } = subscription.toJSON();
  return { endpoint, p256dh: keys.p256dh ?? '', auth: keys.auth ?? '' };
}

export async function remember(caches: Pick<CacheStorage, 'open'>, subscription: Remembered): Promise<void> {
  await (await caches.open(CACHE)).put(PLACE, new Response(JSON.stringify(subscription)));
}

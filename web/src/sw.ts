/// <reference lib="webworker" />
// Keeps the shell of the app for times without a network. It never touches /api, /ws, /outbox or /pay: what people wrote is not
// kept here, and nothing that the server said is answered from a cache. It also shows push messages.
import { openTarget, type PushTarget, renewSubscription, showPush } from './features/notifications/push-worker';

declare const self: ServiceWorkerGlobalScope;
/** What the doors and the square need; kept at once. */
declare const __SHELL_FILES__: string[];
/** The other files of this build; each is kept when it was used. */
declare const __LATER_FILES__: string[];
declare const __SHELL_VERSION__: string;

const CACHE = `meydan-shell-${__SHELL_VERSION__}`;
const PAGE = '/';
const FIXED = [PAGE, '/ground.js', '/icon.svg', '/manifest.webmanifest'];
const SHELL = __SHELL_FILES__;
const OF_THIS_BUILD = new Set([...SHELL, ...__LATER_FILES__]);

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => Promise.all([...FIXED, ...SHELL].map((url) => fill(cache, url)))));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names.filter((name) => name.startsWith('meydan-shell-') && name !== CACHE).map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

// The page asks for this once the person agreed to the new version.
self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting();
});

self.addEventListener('push', (event) => event.waitUntil(showPush(self, event.data?.text())));

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openTarget(self, event.notification.data as PushTarget));
});

self.addEventListener('pushsubscriptionchange', (event) => {
  const { newSubscription } = event as ExtendableEvent & { newSubscription?: PushSubscription | null };
  (event as ExtendableEvent).waitUntil(renewSubscription(self, newSubscription ?? null));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    const elsewhere = ['/api/', '/outbox', '/pay/'].some((start) => url.pathname.startsWith(start));
    if (!elsewhere) event.respondWith(page(request));
  } else if (isHashed(url.pathname) || FIXED.includes(url.pathname)) {
    event.respondWith(kept(request, url.pathname));
  }
});

function isHashed(path: string): boolean {
  return path.startsWith('/assets/');
}

/** A page in place of a file (an old server, a captive portal) is never kept: it would stay for good. */
function isWhatItShouldBe(path: string, response: Response): boolean {
  const isHtml = (response.headers.get('content-type') ?? '').includes('html');
  return response.status === 200 && !response.redirected && isHtml === (path === PAGE);
}

/** The page has just loaded most of these: hashed ones come from the browser's own cache, or from the version before. */
async function fill(cache: Cache, path: string): Promise<void> {
  const before = isHashed(path) ? await caches.match(path) : undefined;
  const usable = before && isWhatItShouldBe(path, before);
  const response = usable ? before : await fetch(path, { cache: isHashed(path) ? 'default' : 'no-cache' });
  if (!isWhatItShouldBe(path, response)) throw new TypeError(`${path} is not what it should be`);
  await cache.put(path, response);
}

/** The newest page when the network answers, else the one we kept. */
async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (offline) {
    const shell = await caches.match(PAGE);
    if (shell) return shell;
    throw offline;
  }
}

/** Files carry a hash in their name, so a kept one is never stale. */
async function kept(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const found = await cache.match(path);
  if (found) return found;
  const response = await fetch(request);
  if (OF_THIS_BUILD.has(path) && isWhatItShouldBe(path, response)) {
    // A full disk keeps nothing, and the answer is the same.
    await cache.put(path, response.clone()).catch(() => {});
  }
  return response;
}

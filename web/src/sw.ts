/// <reference lib="webworker" />
// Keeps the shell of the app for times without a network. It never touches /api, /ws, /outbox or /pay: what people wrote is not
// kept here, and nothing that the server said is answered from a cache.
export type {}; // a module, so that its own names do not meet those of the page

declare const self: ServiceWorkerGlobalScope;
declare const __SHELL_FILES__: string[];
declare const __SHELL_VERSION__: string;

const CACHE = `meydan-shell-${__SHELL_VERSION__}`;
const PAGE = '/';
const FIXED = [PAGE, '/ground.js', '/icon.svg', '/manifest.webmanifest'];

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) =>
        cache.addAll([...FIXED, ...__SHELL_FILES__].map((url) => new Request(url, { cache: 'reload' }))),
      ),
  );
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

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    const elsewhere = ['/api/', '/outbox', '/pay/'].some((start) => url.pathname.startsWith(start));
    if (!elsewhere) event.respondWith(page(request));
  } else if (url.pathname.startsWith('/assets/') || FIXED.includes(url.pathname)) {
    event.respondWith(kept(request));
  }
});

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
async function kept(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

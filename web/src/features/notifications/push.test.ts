// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';

const KEY = 'AQID';

/** A browser's only subscription, and the wishes that a page has for it. */
class Manager {
  current: PushSubscription | null = null;
  made = 0;

  getSubscription = async () => this.current;
  subscribe = async ({ applicationServerKey }: PushSubscriptionOptionsInit) => {
    this.made += 1;
    const endpoint = `https://push/${this.made}`;
    const key = Uint8Array.from(atob(String(applicationServerKey)), (sign) => sign.charCodeAt(0));
    this.current = {
      endpoint,
      options: { applicationServerKey: key.buffer },
      toJSON: () => ({ endpoint, keys: { p256dh: 'point', auth: 'secret' } }),
      unsubscribe: async () => {
        this.current = null;
        return true;
      },
    } as unknown as PushSubscription;
    return this.current;
  };
}

let manager: Manager;
let asked: string[];
let permission: NotificationPermission;

async function page() {
  vi.resetModules();
  return import('./push');
}

beforeEach(() => {
  localStorage.clear();
  manager = new Manager();
  asked = [];
  permission = 'granted';
  const kept = new Map<string, Response>();
  vi.stubGlobal('PushManager', Manager);
  vi.stubGlobal('Notification', {
    get permission() {
      return permission;
    },
    requestPermission: async () => permission,
  });
  vi.stubGlobal('caches', {
    open: async () => ({ put: async (place: string, answer: Response) => kept.set(place, answer) }),
    delete: async () => kept.clear(),
  });
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  Object.assign(navigator, { serviceWorker: { getRegistration: async () => ({ pushManager: manager }) } });
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    return request.method === 'GET'
      ? Response.json({ application_server_key: KEY })
      : new Response(null, { status: 204 });
  });
});

describe('push in this browser', () => {
  it('begins with a click and the permission', async () => {
    const { switchOn, isWantedBy } = await page();
    permission = 'default';
    expect(await switchOn('ada', KEY)).toBe('possible');
    permission = 'denied';
    expect(await switchOn('ada', KEY)).toBe('denied');
    expect(manager.made).toBe(0);
    permission = 'granted';
    expect(await switchOn('ada', KEY)).toBe('on');
    expect(isWantedBy('ada')).toBe(true);
    expect(asked).toEqual(['PUT /api/notifications/push/subscription']);
  });

  it('goes on after a log in of the same account, with what the browser has', async () => {
    const { switchOn, keepInStep } = await page();
    await switchOn('ada', KEY);
    await keepInStep('ada');
    expect(manager.made).toBe(1);
    expect(asked.at(-1)).toBe('PUT /api/notifications/push/subscription');
    await keepInStep(null); // logged out: what waits at the push service is not shown
    expect(manager.current).toBeNull();
    await keepInStep('ada');
    expect(manager.made).toBe(2);
  });

  it('is not inherited by another account', async () => {
    const { switchOn, keepInStep } = await page();
    await switchOn('ada', KEY);
    asked.length = 0;
    await keepInStep('ben');
    expect(manager.current).toBeNull();
    expect(asked).toEqual([]);
  });

  it('lets in a new key of the installation', async () => {
    const { switchOn } = await page();
    await switchOn('ada', 'BBBB');
    await switchOn('ada', KEY);
    expect(manager.made).toBe(2);
  });

  it('ends at the server and in the browser', async () => {
    const { switchOn, switchOff, isWantedBy } = await page();
    await switchOn('ada', KEY);
    await switchOff();
    expect(asked.at(-1)).toBe('DELETE /api/notifications/push/subscription');
    expect([manager.current, isWantedBy('ada')]).toEqual([null, false]);
  });
});

describe('what a browser can do', () => {
  const on = (userAgent: string) => vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(userAgent);

  it('depends on the permission', async () => {
    const { ability } = await page();
    expect(ability()).toBe('possible');
    permission = 'denied';
    expect(ability()).toBe('denied');
  });

  it('is little before an iPhone has it on its home screen, and nothing in an old browser', async () => {
    const { ability } = await page();
    vi.stubGlobal('PushManager', undefined);
    Reflect.deleteProperty(window, 'PushManager');
    on('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1');
    expect(ability()).toBe('home_screen');
    on('Mozilla/5.0 (X11; Linux x86_64) Firefox/60.0');
    expect(ability()).toBe('unsupported');
  });
});

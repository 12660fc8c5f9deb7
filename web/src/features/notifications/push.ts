/** Push as this browser has it: what it can do, who switched it on here, and the subscription that the server knows. */
import { answer, api } from '../../kit/api/client';
import { useSession } from '../../kit/api/session';
import { kept } from '../../kit/storage';
import type * as worker from './push-worker';

/** Where the service worker looks for the subscription that the server knows. */
const CACHE: typeof worker.CACHE = 'meydan-push';
const PLACE: typeof worker.PLACE = '/push-subscription';

/** The account that wants push in this browser; it stays over a log out, for the next log in of the same account. */
const WANTED = 'meydan.push.wanted';

/** `home_screen`: an iPhone pushes only to pages that stand on its home screen. */
export type Ability = 'unsupported' | 'home_screen' | 'denied' | 'possible';

export function ability(): Ability {
  const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent) || isTablet();
  const isOnHomeScreen = matchMedia('(display-mode: standalone)').matches;
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) {
    return isApple && !isOnHomeScreen ? 'home_screen' : 'unsupported';
  }
  return Notification.permission === 'denied' ? 'denied' : 'possible';
}

/** An iPad says that it is a Mac, and has a touch screen. */
function isTablet(): boolean {
  return navigator.userAgent.includes('Macintosh') && navigator.maxTouchPoints > 1;
}

export const isGranted = () => 'Notification' in window && Notification.permission === 'granted';
export const isWantedBy = (userId: string) => kept.getItem(WANTED) === userId;

/** The browser asks the person; only right after a click it does. Null where it can have no subscription. */
export async function switchOn(userId: string, key: string): Promise<Ability | 'on'> {
  await Notification.requestPermission();
  if (!isGranted()) return ability() === 'denied' ? 'denied' : 'possible';
  if (!(await subscribe(key))) return 'unsupported';
  kept.setItem(WANTED, userId);
  return 'on';
}

export async function switchOff(): Promise<void> {
  kept.removeItem(WANTED);
  await answer(api.DELETE('/api/notifications/push/subscription'));
  await endHere();
}

async function registered(): Promise<ServiceWorkerRegistration | undefined> {
  return 'serviceWorker' in navigator ? navigator.serviceWorker.getRegistration() : undefined;
}

/** Gives this browser's subscription to the session: the one it has, or a new one if that is for another key. */
async function subscribe(key: string): Promise<boolean> {
  const manager = (await registered())?.pushManager;
  if (!manager) return false;
  const before = await manager.getSubscription();
  const fits = before !== null && keyOf(before) === key;
  if (before !== null && !fits) await before.unsubscribe();
  const subscription = fits ? before : await manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint = '', keys = {} } = subscription.toJSON();
  const body = { endpoint, p256dh: keys.p256dh ?? '', auth: keys.auth ?? '' };
  await answer(api.PUT('/api/notifications/push/subscription', { body }));
  const community = useSession.getState().me?.tenant.slug ?? '';
  const known: worker.Remembered = { community, key, endpoint, auth: body.auth };
  await (await caches.open(CACHE)).put(PLACE, new Response(JSON.stringify(known)));
  return true;
}

function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** What still waits at the push service must not be shown to whoever is here next. */
async function endHere(): Promise<void> {
  const subscription = await (await registered())?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
  await caches.delete(CACHE);
}

/**
 * Follows the session: the account that wants it is subscribed again after each log in, whatever became of the subscription;
 * nobody else is.
 */
export async function keepInStep(userId: string | null): Promise<void> {
  if (!isGranted()) return;
  if (userId === null || !isWantedBy(userId)) return endHere();
  const { application_server_key: key } = await answer(api.GET('/api/notifications/push'));
  if (key) await subscribe(key);
}

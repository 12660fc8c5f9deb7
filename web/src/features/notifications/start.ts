import { useSession } from '../../kit/api/session';
import { keepInStep } from './push';
import { startSound } from './sound';

/** What goes on beside the pages: the sound, and the subscription, which follows the session. */
export function startNotifications(): void {
  startSound();
  const follow = (userId: string | null) => {
    keepInStep(userId).catch(() => {}); // no answer, or a browser that refuses: the next visit tries again
  };
  useSession.subscribe((now, before) => {
    const isKnown = now.status !== 'asking' && before.status !== now.status;
    if (isKnown || now.me?.user_id !== before.me?.user_id) follow(now.me?.user_id ?? null);
  });
}

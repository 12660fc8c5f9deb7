import { isFresh, refresh, resume, useSession } from '../kit/api/session';
import { chooseLanguage } from '../kit/language';
import { queryClient } from '../kit/queries';
import { type News, onNews } from '../kit/realtime';
import { openLine } from '../kit/realtime/line';
import { handleFrame } from '../kit/room';

const RETRY = 3000;

/** What goes on beside the pages: the session is resumed and renewed, the line is open while somebody is logged in. */
export function startLiving(): void {
  askForSession();
  onNews(heard);
  setInterval(renewInTime, 15_000);
  document.addEventListener('visibilitychange', renewInTime);

  let closeLine: (() => void) | null = null;
  useSession.subscribe((now, before) => {
    if (now.me?.user_id !== before.me?.user_id || now.me?.tenant.slug !== before.me?.tenant.slug) {
      closeLine?.();
      closeLine = now.me ? openLine(now.me.user_id) : null;
    }
    // Nothing that one face saw may be shown under the other, or to the next person at this browser.
    if (now.me?.profile.id !== before.me?.profile.id) {
      queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'config' });
    }
    if (now.me?.profile.face === 'shadow') document.documentElement.dataset.face = 'shadow';
    else delete document.documentElement.dataset.face;
    if (now.me && now.me.language !== before.me?.language) chooseLanguage(now.me.language);
  });
}

/** Offline, or with a server that starts, we do not know yet whether there is a session: ask until we do. */
function askForSession(): void {
  resume().catch(() => setTimeout(askForSession, RETRY));
}

function renewInTime(): void {
  const state = useSession.getState();
  if (state.status !== 'in' || document.visibilityState === 'hidden' || isFresh(state)) return;
  // No answer, or a busy server: the next round tries again, and requests renew by themselves.
  refresh(state.token).catch(() => {});
}

/** The socket carries news; what is true is asked for over HTTP. */
function heard(frame: News): void {
  if (frame.t === 'resync') void queryClient.invalidateQueries();
  handleFrame(frame);
}

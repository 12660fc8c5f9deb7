import { startMessages } from '../features/messaging';
import { endSession, isFresh, refresh, resume, useSession } from '../kit/api/session';
import { chooseLanguage } from '../kit/language';
import { queryClient } from '../kit/queries';
import { type News, onNews } from '../kit/realtime';
import { openLine } from '../kit/realtime/line';

const RETRY = 3000;

/** What goes on beside the pages: the session is resumed and renewed, the line is open while somebody is logged in. */
export function startLiving(): void {
  askForSession();
  onNews(refreshWhatChanged);
  startMessages();
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

const refetch = (...keys: string[][]) => {
  for (const queryKey of keys) void queryClient.invalidateQueries({ queryKey });
};

/** The socket carries news; what is true is asked for over HTTP. */
function refreshWhatChanged(frame: News): void {
  switch (frame.t) {
    case 'match_made':
    case 'match_ended':
    case 'ticket_ended':
    case 'matching_suspended':
      refetch(['match']);
      break;
    case 'claim_decided':
      refetch(['match'], ['claims']);
      break;
    case 'notification':
      refetch(['notifications']);
      break;
    case 'sessions_changed':
      refetch(['sessions']);
      break;
    case 'wallet':
      refetch(['wallet'], ['match']); // coins buy meetings
      break;
    case 'payment':
      refetch(['payments'], ['wallet']);
      break;
    case 'subscription':
      refetch(['premium'], ['match']); // a membership has larger rights
      break;
    case 'gift_received':
      refetch(['gifts'], ['wallet']);
      break;
    case 'banned':
      endSession({ code: 'banned', problem: { reason: frame.reason, until: frame.until } });
      break;
    case 'resync':
      void queryClient.invalidateQueries();
      break;
    default: // messages, receipts, presence and typing belong to the talk
  }
}

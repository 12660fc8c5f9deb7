import { useLingui } from '@lingui/react/macro';
import { useEffect } from 'react';
import { useSession } from '../../kit/api/session';
import { onNews } from '../../kit/realtime';
import { toast } from '../../kit/ui';

/** News of the search that its own place in the corner cannot show: of the other face, and why the waiting has ended. */
export function MatchToasts(): null {
  const { t } = useLingui();
  useEffect(() => {
    const stopped: Record<string, string> = {
      gone: t`You were away for a while, so your waiting has ended. It cost you nothing.`,
      quota_exhausted: t`Today's meetings are used up, so your waiting has ended.`,
      suspended: t`Reports about you are being looked at, so your waiting has ended. You can read more on the square.`,
      other_face: t`You are waiting under your other face now.`,
    };
    return onNews((frame) => {
      if (frame.t === 'match_made' && frame.profile_id !== useSession.getState().me?.profile.id) {
        toast(t`Your other face met somebody. Put it on to talk.`, { kind: 'news' });
      }
      const why = frame.t === 'ticket_ended' ? stopped[frame.reason] : undefined;
      if (why) toast(why, { kind: 'news' });
    });
  }, [t]);
  return null;
}

import { useLingui } from '@lingui/react/macro';
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSession } from '../../kit/api/session';
import { onNews } from '../../kit/realtime';
import { toast } from '../../kit/ui';

/** Somebody was found, or the waiting ended by itself, while one looked elsewhere: say so, and lead there. */
export function MatchToasts(): null {
  const { t } = useLingui();
  const router = useRouter();
  useEffect(() => {
    const found = (conversationId: string, profileId: string) => {
      if (profileId !== useSession.getState().me?.profile.id) {
        toast(t`Your other face met somebody. Put it on to talk.`, { kind: 'news' });
        return;
      }
      const path = router.state.location.pathname;
      if (path === '/waiting' || path === `/messages/${conversationId}`) return; // they lead there by themselves
      toast(t`Somebody came to your lamp.`, {
        kind: 'news',
        action: {
          label: t`To the talk`,
          onClick: () => void router.navigate({ to: '/messages/$conversationId', params: { conversationId } }),
        },
      });
    };
    const stopped: Record<string, string> = {
      gone: t`You were away for a while, so your waiting has ended. It cost you nothing.`,
      quota_exhausted: t`Today's meetings are used up, so your waiting has ended.`,
      suspended: t`Reports about you are being looked at, so your waiting has ended. You can read more on the square.`,
      other_face: t`You are waiting under your other face now.`,
    };
    return onNews((frame) => {
      if (frame.t === 'match_made') found(frame.conversation_id, frame.profile_id);
      const why = frame.t === 'ticket_ended' ? stopped[frame.reason] : undefined;
      if (why) toast(why, { kind: 'news' });
    });
  }, [t, router]);
  return null;
}

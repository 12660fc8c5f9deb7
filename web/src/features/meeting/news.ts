import { useLingui } from '@lingui/react/macro';
import { MessageCircle, Undo2 } from 'lucide-react';
import type { Teller } from '../../kit/news';

/** News about meetings, and about those that were asked back. */
export function useNews(): Teller {
  const { t } = useLingui();
  return (code, data) => {
    switch (code) {
      case 'match_made':
        return { icon: MessageCircle, title: t`You met somebody`, words: t`A talk is open.` };
      case 'match_ended':
        return {
          icon: MessageCircle,
          title: t`A talk has ended`,
          words: t`Its words disappear when its day is over.`,
        };
      case 'claim_approved':
        return {
          icon: Undo2,
          title: t`You got a meeting back`,
          words: t`The stranger stayed silent; one more meeting is yours.`,
        };
      case 'claim_rejected':
        return {
          icon: Undo2,
          title: t`You did not get a meeting back`,
          words:
            data.reason === 'left_early'
              ? t`You left before the stranger had had the time to write.`
              : t`The stranger had written in time.`,
        };
      default:
        return null;
    }
  };
}

import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import type { Conversation, Match } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { Button, Notice, toast, useNow } from '../../kit/ui';
import { historyQuery, stateQuery, useClaim } from '../meeting';
import { isSaid, type TextRecord } from './crypto/records';

/** The stranger stayed silent for the whole time: the day's right can be asked back, here and now. */
export function Silence({
  conversation,
  texts,
  over,
}: {
  conversation: Conversation;
  texts: readonly TextRecord[] | null;
  over: boolean;
}) {
  const { t } = useLingui();
  const words = useWords();
  const now = useNow(15_000);
  const claim = useClaim();
  const match = useMatch(conversation, over);
  const wrote = texts === null || texts.some((text) => !text.mine && isSaid(text.what));
  if (!match || wrote || match.stranger_wrote || match.claim || now < new Date(match.claim_opens_at)) return null;
  if (match.claim_closes_at && now >= new Date(match.claim_closes_at)) return null;
  return (
    <div className="mx-auto w-full max-w-[560px] shrink-0 px-4 pb-3">
      <Notice
        tone="quiet"
        icon={<Undo2 aria-hidden />}
        title={<Trans>{conversation.peer.alias} has said nothing</Trans>}
        action={
          <Button
            size="sm"
            busy={claim.isPending}
            onClick={() =>
              claim.mutate(match.id, { onSuccess: () => toast(t`Asked. The answer comes within two minutes.`) })
            }
          >
            <Trans>Ask for my meeting back</Trans>
          </Button>
        }
      >
        {claim.error ? (
          <span role="alert" className="text-terracotta">
            {words(claim.error)}
          </span>
        ) : (
          <Trans>This meeting counted as one of today's. You can ask for it back.</Trans>
        )}
      </Notice>
    </div>
  );
}

/** The meeting behind the talk: the open one stands in the state, one that is over in the history. */
function useMatch(conversation: Conversation, over: boolean): Match | undefined {
  const { data: state } = useQuery(stateQuery);
  const history = useInfiniteQuery({ ...historyQuery, enabled: over });
  const past = history.data?.pages.flatMap((page) => page.items) ?? [];
  const open = state?.match ? [state.match] : [];
  return [...open, ...past].find(({ conversation_id }) => conversation_id === conversation.id);
}

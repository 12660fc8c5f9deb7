import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { MessageCircle, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { MeetingState } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { Button, DockCard, IconButton, Lamp, minutesAndSeconds, toast, useNow } from '../../kit/ui';
import { stateQuery, useLeave } from './data';

/** The search for somebody, small, while one looks elsewhere; then the way to the talk that came of it. */
export function WaitingDock() {
  const { t } = useLingui();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const { data: state } = useQuery(stateQuery);
  const [found, putAway] = useFound(path, state);
  const ticket = path === '/waiting' ? null : state?.ticket;
  if (found === null && !ticket) return null;
  return (
    <DockCard
      label={t`Your waiting`}
      icon={
        found === null ? (
          <Lamp breathing className="h-9" />
        ) : (
          <MessageCircle aria-hidden className="size-5 text-lamp-text" />
        )
      }
      title={
        found === null ? (
          <Link to="/waiting">
            <Trans>Waiting under the lamp</Trans>
          </Link>
        ) : (
          <Trans>Somebody came to your lamp.</Trans>
        )
      }
      action={found === null ? <Stop /> : <ToTheTalk conversationId={found} onPutAway={putAway} />}
    >
      {ticket && found === null ? <Since since={ticket.since} /> : null}
    </DockCard>
  );
}

const talk = (conversationId: string) => `/messages/${conversationId}`;

/** The talk that the waiting led to while another page was shown, until that is opened, over or put away. */
function useFound(path: string, state: MeetingState | undefined): [string | null, () => void] {
  const waits = useRef(false);
  const [found, setFound] = useState<string | null>(null);
  const match = state?.match?.conversation_id;
  const ticket = state?.ticket !== undefined && state.ticket !== null;
  useEffect(() => {
    if (waits.current && match && path !== '/waiting') setFound(match);
    waits.current = ticket;
  }, [match, ticket, path]);
  useEffect(() => {
    if (found !== null && (match !== found || path === talk(found))) setFound(null);
  }, [found, match, path]);
  return [found, () => setFound(null)];
}

function Since({ since }: { since: string }) {
  const now = useNow(1000);
  return (
    <span role="timer" aria-live="off" className="text-soft text-xs tabular-nums">
      {minutesAndSeconds((now.getTime() - Date.parse(since)) / 1000)}
    </span>
  );
}

function Stop() {
  const { t } = useLingui();
  const words = useWords();
  const leave = useLeave();
  const stop = () =>
    leave.mutate(undefined, {
      onSuccess: () => document.getElementById('page')?.focus(), // the button that had it is gone
      onError: (error) => toast(words(error), { kind: 'fault' }),
    });
  return (
    <Button size="sm" busy={leave.isPending} aria-label={t`Stop waiting`} onClick={stop}>
      <Trans>Stop</Trans>
    </Button>
  );
}

function ToTheTalk({ conversationId, onPutAway }: { conversationId: string; onPutAway: () => void }) {
  const { t } = useLingui();
  return (
    <>
      <Button size="sm" asChild>
        <Link to="/messages/$conversationId" params={{ conversationId }}>
          <Trans>To the talk</Trans>
        </Link>
      </Button>
      <IconButton label={t`Dismiss`} className="size-9" onClick={onPutAway}>
        <X aria-hidden />
      </IconButton>
    </>
  );
}

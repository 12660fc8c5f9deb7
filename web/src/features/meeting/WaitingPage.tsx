import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { Ticket } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { useTitle } from '../../kit/title';
import { Button, Lamp, Loaded, minutesAndSeconds, Notice, useNow } from '../../kit/ui';
import { useCriteriaWords } from './CriteriaSheet';
import { stateQuery, useLeave, useRelaxCriteria } from './data';

const OFFER_TO_WIDEN_AFTER = 20;

/** Waiting under the lamp. The ticket is the server's: this page may be reloaded, or opened twice. */
export function WaitingPage() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const state = useQuery(stateQuery);
  const match = state.data?.match;
  const nobodyWaits = state.data !== undefined && !state.data.ticket && !match && !state.isFetching;

  useTitle(`${t`Waiting`} · Meydan`);
  useEffect(() => {
    if (match) {
      void navigate({
        to: '/messages/$conversationId',
        params: { conversationId: match.conversation_id },
        replace: true,
      });
    } else if (nobodyWaits) void navigate({ to: '/', replace: true });
  }, [match, nobodyWaits, navigate]);

  return (
    <div className="mx-auto flex min-h-[calc(100dvh-9rem)] w-full max-w-lg flex-col items-center justify-center gap-6 px-5 py-6 text-center sm:gap-8 lg:min-h-dvh">
      <Loaded
        query={state}
        skeleton={<Lamp className="h-36 sm:h-56" />}
        fault={<Trans>Your place is kept. We look again as soon as the network is back.</Trans>}
      >
        {({ ticket }) => (ticket ? <UnderTheLamp ticket={ticket} /> : <Lamp className="h-36 sm:h-56" />)}
      </Loaded>
    </div>
  );
}

function UnderTheLamp({ ticket }: { ticket: Ticket }) {
  const { t } = useLingui();
  const words = useWords();
  const criteriaWords = useCriteriaWords();
  const navigate = useNavigate();
  const now = useNow(1000);
  const leave = useLeave();
  const relax = useRelaxCriteria();
  const seconds = Math.max(0, (now.getTime() - Date.parse(ticket.since)) / 1000);
  const hasCriteria = !!(
    ticket.criteria.language ||
    ticket.criteria.max_distance_km ||
    ticket.criteria.interests?.length
  );
  const fault = leave.error ?? relax.error;

  return (
    <>
      <Lamp breathing className="h-36 sm:h-56" />
      <div className="flex flex-col gap-2">
        <h1 className="font-bold text-xl">
          <Trans>Waiting under the lamp</Trans>
        </h1>
        <p className="font-display font-semibold text-2xl tabular-nums" role="timer" aria-live="off">
          {minutesAndSeconds(seconds)}
        </p>
        <p className="text-soft">
          <Trans>
            Looking for:{' '}
            <span className="font-semibold text-ink">
              {ticket.relaxed ? t`anybody` : criteriaWords(ticket.criteria)}
            </span>
          </Trans>
        </p>
      </div>
      {seconds >= OFFER_TO_WIDEN_AFTER ? (
        <Notice
          tone="quiet"
          className="animate-arrive text-left"
          title={
            ticket.relaxed ? (
              <Trans>This is taking longer than usual</Trans>
            ) : hasCriteria ? (
              <Trans>Nobody fits your wishes just now</Trans>
            ) : (
              <Trans>Nobody who speaks your language waits just now</Trans>
            )
          }
          action={
            !ticket.relaxed ? (
              <Button size="sm" busy={relax.isPending} onClick={() => relax.mutate()}>
                <Trans>Meet anybody</Trans>
              </Button>
            ) : null
          }
        >
          {ticket.relaxed ? (
            <Trans>You keep your place. You can close this page; the ticket ends by itself if you stay away.</Trans>
          ) : (
            <Trans>You keep your place in either case.</Trans>
          )}
        </Notice>
      ) : null}
      {fault ? (
        <p role="alert" className="text-terracotta">
          {words(fault)}
        </p>
      ) : null}
      <div className="flex flex-col items-center gap-2">
        <Button
          size="lg"
          busy={leave.isPending}
          onClick={() =>
            leave.mutate(undefined, { onSuccess: (next) => !next.match && navigate({ to: '/', replace: true }) })
          }
        >
          <Trans>Stop waiting</Trans>
        </Button>
        <p className="text-soft text-sm">
          <Trans>Waiting costs nothing. A lamp goes out when you meet somebody.</Trans>
        </p>
      </div>
    </>
  );
}

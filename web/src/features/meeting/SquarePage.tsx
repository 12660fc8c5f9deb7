import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { BadgeCheck, MessageCircle, ShieldAlert, SlidersHorizontal, Sunrise } from 'lucide-react';
import { useState } from 'react';
import { isRefusal } from '../../kit/api/errors';
import { useMe } from '../../kit/api/session';
import type { MeetingState } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { useTitle } from '../../kit/title';
import {
  Alias,
  Avatar,
  Bone,
  Button,
  Card,
  CardList,
  clockTime,
  ErrorState,
  Festoon,
  fullTime,
  LinkRow,
  Moment,
  Notice,
  Section,
  Skeleton,
  SquareScene,
  useNow,
} from '../../kit/ui';
import { useWanted } from '../accounts';
import { CriteriaSheet, useCriteriaWords } from './CriteriaSheet';
import { useCriteria } from './criteria';
import { historyQuery, stateQuery, useJoin } from './data';
import { MatchMark } from './MatchMark';
import { OneMore } from './OneMore';

/** Home: the square, today's rights, and the one big button. */
export function SquarePage() {
  const { t } = useLingui();
  const state = useQuery(stateQuery);
  const about = state.data?.approximate_waiting;
  const greeting = useGreeting();
  useTitle(`${t`The square`} · Meydan`);

  return (
    <div className="mx-auto flex w-full max-w-[680px] flex-col gap-5 pb-8 sm:px-6 lg:pt-8">
      <header className="flex flex-col gap-1">
        <SquareScene className="mask-b-from-75% mask-b-to-100% h-44 sm:h-60 sm:rounded-t-[22px]" />
        <div className="px-4 sm:px-0">
          <h1 className="font-bold text-xl">{greeting}</h1>
          <p className="text-soft" aria-live="polite">
            {about === undefined ? (
              ' '
            ) : about > 0 ? (
              <Plural value={about} one="Somebody waits here now" other="About # people wait here now" />
            ) : (
              <Trans>It is quiet just now; the first one waits a little.</Trans>
            )}
          </p>
        </div>
      </header>
      <div className="flex flex-col gap-6 px-4 sm:px-0">
        {state.data ? (
          <Today state={state.data} />
        ) : state.isError ? (
          <ErrorState onRetry={() => state.refetch()} />
        ) : (
          <TodaySkeleton />
        )}
        <LastMeetings />
      </div>
    </div>
  );
}

/** What one says to somebody who walks into the square at this hour. */
function useGreeting(): string {
  const { t } = useLingui();
  const { alias } = useMe().profile;
  const hour = useNow(60_000).getHours();
  if (hour >= 5 && hour < 11) return t`Good morning, ${alias}`;
  if (hour >= 11 && hour < 17) return t`Good day, ${alias}`;
  return t`Good evening, ${alias}`;
}

function Today({ state }: { state: MeetingState }) {
  const { t, i18n } = useLingui();
  const words = useWords();
  const criteriaWords = useCriteriaWords();
  const navigate = useNavigate();
  const me = useMe();
  const wanted = useWanted();
  const criteria = useCriteria((kept) => kept.criteria);
  const [choosing, setChoosing] = useState(false);
  const join = useJoin();
  const { remaining: left, limit, resets_at } = state.quotas.text;
  const resets = clockTime(i18n.locale, new Date(resets_at));

  const meet = () =>
    join.mutate(criteria, {
      onSuccess: (next) => {
        if (next.match)
          void navigate({ to: '/messages/$conversationId', params: { conversationId: next.match.conversation_id } });
        else void navigate({ to: '/waiting' });
      },
      onError: (error) => {
        if (isRefusal(error, 'verification_needed')) void navigate({ to: '/me/sign-in' });
      },
    });

  return (
    <>
      {state.suspended_until ? <Suspended until={state.suspended_until} /> : null}
      {state.match ? (
        <Notice
          icon={<MessageCircle aria-hidden />}
          title={
            <Trans>
              You are talking with {state.match.stranger.alias}#{state.match.stranger.tag}
            </Trans>
          }
          action={
            <Button asChild look="lamp">
              <Link to="/messages/$conversationId" params={{ conversationId: state.match.conversation_id }}>
                <Trans>Back to the talk</Trans>
              </Link>
            </Button>
          }
        >
          <Trans>One stranger at a time: leave this talk to meet the next.</Trans>
        </Notice>
      ) : null}
      <Card className="flex flex-col gap-5">
        <div className="flex flex-wrap items-baseline justify-between gap-x-3">
          <h2 className="font-semibold text-base">
            <Trans>Today's meetings</Trans>
          </h2>
          <p className="text-soft text-sm">
            <Trans>
              <strong className="font-bold font-display text-ink text-lg tabular-nums">{left}</strong> of {limit} left
            </Trans>
          </p>
        </div>
        <Festoon lit={left} total={Math.max(limit, left)} label={t`${left} of ${limit} lamps are lit`} />
        {!me.verified ? (
          <>
            <Button asChild look="lamp" size="lg" wide>
              <Link to="/me/sign-in">
                {wanted === 'phone' ? <Trans>Verify my phone</Trans> : <Trans>Verify my phone or e-mail</Trans>}
              </Link>
            </Button>
            <Notice
              tone="quiet"
              icon={<BadgeCheck aria-hidden />}
              title={<Trans>One step before you meet people</Trans>}
            >
              {wanted === 'phone' ? (
                <Trans>
                  Verify a phone number. It keeps the square honest: everybody here is one person. Strangers never see
                  it.
                </Trans>
              ) : (
                <Trans>
                  Verify a phone number or an e-mail address. It keeps the square honest. Strangers never see it.
                </Trans>
              )}
            </Notice>
          </>
        ) : state.suspended_until ? null : state.ticket ? (
          <Button asChild look="lamp" size="lg" wide>
            <Link to="/waiting">
              <Trans>Back to the lamp</Trans>
            </Link>
          </Button>
        ) : left === 0 ? (
          <>
            <Notice tone="quiet" icon={<Sunrise aria-hidden />} title={<Trans>The lamps are out for today</Trans>}>
              <Trans>They are lit again at {resets}. A meeting that you get back can light one earlier.</Trans>
            </Notice>
            <OneMore />
          </>
        ) : (
          <div className="flex flex-col gap-3">
            <Button
              look={state.match ? 'plain' : 'lamp'}
              size="lg"
              wide
              busy={join.isPending}
              disabled={!!state.match}
              onClick={meet}
            >
              <Trans>Meet someone</Trans>
            </Button>
            {join.error && !isRefusal(join.error, 'verification_needed') ? (
              <p role="alert" className="text-center text-sm text-terracotta">
                {words(join.error)}
              </p>
            ) : null}
            <button
              type="button"
              onClick={() => setChoosing(true)}
              className="inline-flex min-h-10 items-center justify-center gap-2 rounded-full px-3 text-sm hover:bg-deep"
            >
              <SlidersHorizontal aria-hidden className="size-4.5 shrink-0 text-soft" />
              <span className="min-w-0 truncate">
                <span className="text-soft">
                  <Trans>Looking for:</Trans>
                </span>{' '}
                <span className="font-semibold">{criteriaWords(criteria)}</span>
              </span>
            </button>
          </div>
        )}
      </Card>
      <CriteriaSheet open={choosing} onClose={() => setChoosing(false)} />
    </>
  );
}

/** Reports keep somebody from meeting people for a day; all else goes on. */
function Suspended({ until }: { until: string }) {
  const { i18n } = useLingui();
  const when = fullTime(i18n.locale, new Date(until));
  return (
    <Notice
      tone="terracotta"
      icon={<ShieldAlert aria-hidden />}
      title={<Trans>You meet nobody new until {when}</Trans>}
    >
      <Trans>
        Several people reported you. Those who run this square are looking at it; if nobody decides by then, this ends
        by itself. You can go on talking with people you have met, and read, export or delete what is yours.
      </Trans>
    </Notice>
  );
}

function LastMeetings() {
  const history = useInfiniteQuery(historyQuery);
  const matches = history.data?.pages.flatMap((page) => page.items).slice(0, 3) ?? [];
  if (matches.length === 0) return null; // a new person has one thing to do here, and it is above
  return (
    <Section
      title={<Trans>Last meetings</Trans>}
      aside={
        <Link to="/people" className="rounded-full px-2 py-1 font-semibold text-sm underline underline-offset-4">
          <Trans>All</Trans>
        </Link>
      }
    >
      <CardList>
        {matches.map((match) => (
          <LinkRow
            key={match.id}
            to={match.status === 'active' ? '/messages/$conversationId' : '/people'}
            params={{ conversationId: match.conversation_id }}
            icon={<Avatar seed={match.stranger.avatar_seed} />}
            title={<Alias alias={match.stranger.alias} tag={match.stranger.tag} />}
            words={
              <span className="flex flex-wrap items-center gap-x-2 pt-0.5">
                <Moment at={match.created_at} />
                <MatchMark match={match} />
              </span>
            }
          />
        ))}
      </CardList>
    </Section>
  );
}

function TodaySkeleton() {
  return (
    <Skeleton>
      <div className="flex flex-col gap-6 rounded-card border border-line p-5">
        <Bone className="w-1/2" />
        <Bone className="h-10 w-full" />
        <Bone className="h-14 w-full" />
      </div>
    </Skeleton>
  );
}

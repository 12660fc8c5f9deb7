import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMe } from '../../kit/api/session';
import { useHour } from '../../kit/community-hour';
import { useTitle } from '../../kit/title';
import { Alias, Avatar, CardList, itemsOf, LinkRow, Loaded, Moment, Section, SquareScene } from '../../kit/ui';
import { historyQuery, stateQuery } from './data';
import { MatchMark } from './MatchMark';
import { Today, TodaySkeleton } from './Today';

/** Home: the square, today's rights, and the one big button, which always stands at the same height. */
export function SquarePage() {
  const { t } = useLingui();
  const state = useQuery(stateQuery);
  const about = state.data?.approximate_waiting;
  const greeting = useGreeting();
  useTitle(`${t`The square`} · Meydan`);

  return (
    <div className="mx-auto flex w-full max-w-[680px] flex-col gap-5 pb-8 sm:px-6 lg:pt-8">
      {/* Words take their room from the picture: a long name pushes nothing down. */}
      <header className="flex h-60 flex-col gap-1 sm:h-80">
        <SquareScene className="mask-b-from-75% mask-b-to-100% min-h-0 flex-1 sm:rounded-t-[22px]" />
        <div className="px-4 sm:px-0">
          <h1 className="font-bold text-xl">{greeting}</h1>
          <p className="min-h-[1.5em] text-soft" aria-live="polite">
            {about === undefined ? null : about > 0 ? (
              <Plural value={about} one="Somebody waits here now" other="About # people wait here now" />
            ) : (
              <Trans>Quiet just now: be the first.</Trans>
            )}
          </p>
        </div>
      </header>
      <div className="flex flex-col gap-6 px-4 sm:px-0">
        <Loaded query={state} skeleton={<TodaySkeleton />}>
          {(now) => <Today state={now} />}
        </Loaded>
        <LastMeetings />
      </div>
    </div>
  );
}

/** What one says to somebody who walks into the square at this hour. */
function useGreeting(): string {
  const { t } = useLingui();
  const { alias } = useMe().profile;
  const hour = useHour();
  if (hour >= 5 && hour < 11) return t`Good morning, ${alias}`;
  if (hour >= 11 && hour < 17) return t`Good day, ${alias}`;
  return t`Good evening, ${alias}`;
}

function LastMeetings() {
  const history = useInfiniteQuery(historyQuery);
  const matches = itemsOf(history.data).slice(0, 3);
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

import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Ellipsis, Undo2, Users } from 'lucide-react';
import { useState } from 'react';
import type { Match } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { configQuery } from '../../kit/queries';
import {
  Alias,
  Avatar,
  Button,
  CardList,
  Chip,
  clockTime,
  EmptyState,
  IconButton,
  itemsOf,
  List,
  Moment,
  Page,
  Row,
  toast,
  useNow,
} from '../../kit/ui';
import { useInterestWords } from '../accounts';
import { PeopleTabs, PersonSheet } from '../safety';
import { claimsQuery, historyQuery, useClaim } from './data';
import { MatchMark } from './MatchMark';

/** Everybody one has met, and what may be asked back. */
export function PeoplePage() {
  const { t } = useLingui();
  const history = useInfiniteQuery(historyQuery);
  return (
    <Page title={t`People`}>
      <PeopleTabs />
      <List
        query={history}
        empty={
          <EmptyState
            icon={<Users aria-hidden />}
            title={<Trans>You have not met anybody yet</Trans>}
            action={
              <Button asChild look="lamp">
                <Link to="/">
                  <Trans>To the square</Trans>
                </Link>
              </Button>
            }
          >
            <Trans>
              Everybody you meet is listed here afterwards. If a stranger stayed silent, you can ask for that meeting
              back.
            </Trans>
          </EmptyState>
        }
      >
        {(matches) => (
          <CardList label={t`Meetings`}>
            {matches.map((match) => (
              <MatchRow key={match.id} match={match} />
            ))}
          </CardList>
        )}
      </List>
    </Page>
  );
}

function MatchRow({ match }: { match: Match }) {
  const { t } = useLingui();
  const interest = useInterestWords();
  const [asked, setAsked] = useState(false);
  return (
    <li className="flex flex-col gap-2.5 px-4 py-3.5">
      <div className="flex items-center gap-3.5">
        <Avatar seed={match.stranger.avatar_seed} />
        <div className="flex min-w-0 flex-1 flex-col">
          <Alias alias={match.stranger.alias} tag={match.stranger.tag} />
          <span className="flex flex-wrap items-center gap-x-2 text-soft text-sm">
            <Moment at={match.created_at} />
            <MatchMark match={match} />
          </span>
        </div>
        <IconButton label={t`More about ${match.stranger.alias}`} className="-mr-2" onClick={() => setAsked(true)}>
          <Ellipsis aria-hidden />
        </IconButton>
      </div>
      {match.shared_interests.length > 0 ? (
        <div className="flex flex-wrap gap-1.5">
          {match.shared_interests.map((name) => (
            <Chip key={name}>{interest(name)}</Chip>
          ))}
        </div>
      ) : null}
      {match.status === 'active' ? (
        <Button asChild size="sm" className="self-start">
          <Link to="/messages/$conversationId" params={{ conversationId: match.conversation_id }}>
            <Trans>Open the talk</Trans>
          </Link>
        </Button>
      ) : null}
      <ClaimLine match={match} />
      <PersonSheet open={asked} onClose={() => setAsked(false)} profile={match.stranger} matchId={match.id} />
    </li>
  );
}

/** Asks the day's right back when the stranger stayed silent; before that, says from when on. */
function ClaimLine({ match }: { match: Match }) {
  const { t, i18n } = useLingui();
  const words = useWords();
  const now = useNow(15_000);
  const claim = useClaim();
  if (match.claim || match.stranger_wrote) return null;
  const opens = new Date(match.claim_opens_at);
  if (match.claim_closes_at && now >= new Date(match.claim_closes_at)) return null;
  if (now < opens) {
    return (
      <p className="text-soft text-sm">
        <Trans>
          Silent so far. If it stays that way, you can ask for this meeting back at {clockTime(i18n.locale, opens)}.
        </Trans>
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-2">
      <Button
        size="sm"
        className="self-start"
        icon={<Undo2 aria-hidden className="size-4.5" />}
        busy={claim.isPending}
        onClick={() =>
          claim.mutate(match.id, { onSuccess: () => toast(t`Asked. The answer comes within two minutes.`) })
        }
      >
        <Trans>Ask for my meeting back</Trans>
      </Button>
      {claim.error ? (
        <p role="alert" className="text-sm text-terracotta">
          {words(claim.error)}
        </p>
      ) : null}
    </div>
  );
}

/** What was asked back, and what was decided. */
export function ClaimsPage() {
  const { t, i18n } = useLingui();
  const claims = useInfiniteQuery(claimsQuery);
  const { data: config } = useQuery(configQuery);
  const hours = new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 1 }).format(
    (config?.claim_minutes ?? 120) / 60,
  );
  const history = useInfiniteQuery(historyQuery);
  const matches = new Map(itemsOf(history.data).map((match) => [match.id, match]));
  const marks = {
    pending: <Chip>{t`being looked at`}</Chip>,
    approved: <Chip tone="moss">{t`given back`}</Chip>,
    rejected: <Chip tone="terracotta">{t`not given`}</Chip>,
  };
  const why = {
    pending: t`The answer comes within two minutes.`,
    approved: t`The stranger stayed silent; one more meeting is yours.`,
    rejected: t`The stranger had written in time.`,
  };
  const leftEarly = t`You left before the stranger had had the time to write.`;
  return (
    <Page title={t`People`}>
      <PeopleTabs />
      <List
        query={claims}
        rows={3}
        empty={
          <EmptyState icon={<Undo2 aria-hidden />} title={<Trans>Nothing asked back yet</Trans>}>
            <Trans>
              When a stranger writes nothing for {hours} hours, you can ask for that meeting back. It is decided within
              two minutes.
            </Trans>
          </EmptyState>
        }
      >
        {(items) => (
          <CardList label={t`Claims`}>
            {items.map((claim) => {
              const stranger = matches.get(claim.match_id)?.stranger;
              return (
                <Row
                  key={claim.id}
                  icon={stranger ? <Avatar seed={stranger.avatar_seed} /> : undefined}
                  title={stranger ? <Alias alias={stranger.alias} tag={stranger.tag} /> : t`A meeting`}
                  words={
                    <span className="flex flex-col gap-1">
                      {claim.reason === 'left_early' ? leftEarly : why[claim.status]}
                      <span className="flex items-center gap-2">
                        <Moment at={claim.decided_at ?? claim.created_at} />
                        {marks[claim.status]}
                      </span>
                    </span>
                  }
                />
              );
            })}
          </CardList>
        )}
      </List>
    </Page>
  );
}

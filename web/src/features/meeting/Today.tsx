import { Trans, useLingui } from '@lingui/react/macro';
import { useNavigate } from '@tanstack/react-router';
import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { isRefusal } from '../../kit/api/errors';
import { useMe } from '../../kit/api/session';
import type { MeetingState } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { Bone, Button, Card, Festoon, Skeleton } from '../../kit/ui';
import { CriteriaSheet, useCriteriaWords } from './CriteriaSheet';
import { useCriteria } from './criteria';
import { useJoin } from './data';
import { OneMore } from './OneMore';
import { BackToTalk, InTalk, LampsOut, Suspended, UnderTheLamp, Unverified, Verify } from './today-parts';

/** Today's lamps and the main button. All else stands below the button, which so keeps its height. */
export function Today({ state }: { state: MeetingState }) {
  const { t } = useLingui();
  const { remaining: left, limit } = state.quotas.text;
  return (
    <Card className="flex flex-col gap-4">
      <div className="flex min-h-8 flex-wrap items-baseline justify-between gap-x-3">
        <h2 className="font-semibold text-base">
          <Trans>Today's meetings</Trans>
        </h2>
        <p className="shrink-0 text-soft text-sm">
          <Trans>
            <strong className="font-bold font-display text-ink text-lg tabular-nums">{left}</strong> of {limit} left
          </Trans>
        </p>
      </div>
      <Festoon left={left} limit={limit} label={t`${left} of ${limit} lamps are lit`} />
      <Next state={state} />
    </Card>
  );
}

/** The one thing to do next, as a button, and below it what there is to say about it. */
function Next({ state }: { state: MeetingState }) {
  const { verified } = useMe();
  const suspended = state.suspended_until ? <Suspended until={state.suspended_until} /> : null;
  if (state.match) {
    return (
      <>
        <BackToTalk match={state.match} />
        {suspended}
        <InTalk match={state.match} />
      </>
    );
  }
  if (!verified) {
    return (
      <>
        <Verify />
        {suspended}
        <Unverified />
      </>
    );
  }
  if (suspended) {
    return (
      <>
        <Resting />
        {suspended}
      </>
    );
  }
  if (state.ticket) return <UnderTheLamp />;
  if (state.quotas.text.remaining === 0) {
    return (
      <>
        <OneMore otherwise={<Resting />} />
        <LampsOut until={state.quotas.text.resets_at} />
      </>
    );
  }
  return <Meet />;
}

/** The main button while nobody can be met. */
const Resting = () => (
  <Button look="lamp" size="lg" wide disabled>
    <Trans>Meet someone</Trans>
  </Button>
);

function Meet() {
  const words = useWords();
  const criteriaWords = useCriteriaWords();
  const navigate = useNavigate();
  const criteria = useCriteria((kept) => kept.criteria);
  const [choosing, setChoosing] = useState(false);
  const join = useJoin();

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
      <Button look="lamp" size="lg" wide busy={join.isPending} onClick={meet}>
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
      <CriteriaSheet open={choosing} onClose={() => setChoosing(false)} />
    </>
  );
}

/** The same heights, in bones. */
export function TodaySkeleton() {
  return (
    <Skeleton>
      <div className="flex flex-col gap-4 rounded-card border border-line p-4 sm:p-5">
        <div className="flex min-h-8 items-center">
          <Bone className="w-1/2" />
        </div>
        <div className="flex h-12 items-center sm:h-16">
          <Bone className="w-full" />
        </div>
        <Bone className="h-14 w-full" />
        <Bone className="mx-auto h-10 w-2/3" />
      </div>
    </Skeleton>
  );
}

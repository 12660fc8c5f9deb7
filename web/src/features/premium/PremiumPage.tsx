import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Eye, Lamp as LampIcon, Leaf, Store } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Plan, Premium } from '../../kit/api/types';
import { Bone, CardList, Chip, EmptyState, Loaded, Page, Row, Section, Skeleton } from '../../kit/ui';
import { premiumQuery } from './data';
import { Membership, SecondMembership } from './Membership';
import { running } from './membership-words';
import { Plans } from './Plans';
import { MeetingsToday } from './slots';

/** What a membership gives, what it costs, how it stands; leaving it is as easy as taking it. */
export function PremiumPage() {
  const { t } = useLingui();
  const premium = useQuery(premiumQuery);
  return (
    <Page title={t`Premium`} back="/wallet">
      <Loaded
        query={premium}
        skeleton={
          <Skeleton className="flex flex-col gap-3">
            <Bone className="mb-3 h-40 w-full rounded-card" />
            <Bone className="h-40 w-full rounded-card" />
          </Skeleton>
        }
      >
        {(now) => <Shown premium={now} />}
      </Loaded>
    </Page>
  );
}

function Shown({ premium }: { premium: Premium }) {
  const member = running(premium);
  const plans = member ? premium.plans.filter(({ id }) => id === member.plan_id) : premium.plans;
  const others = premium.plans.filter(({ id }) => id !== member?.plan_id);
  return (
    <>
      {premium.subscription ? <Membership premium={premium} /> : null}
      {premium.second ? <SecondMembership second={premium.second} /> : null}
      {plans.length > 0 ? <Unlocks plans={plans} /> : null}
      {member?.status === 'cancelled' && others.length > 0 ? <Plans plans={others} instead /> : null}
      {member ? null : premium.plans.length > 0 ? (
        <Plans plans={premium.plans} />
      ) : (
        <EmptyState icon={<Store aria-hidden />} title={<Trans>There is no membership here just now</Trans>}>
          <Trans>The people who run this square do not sell one. You miss nothing without it.</Trans>
        </EmptyState>
      )}
    </>
  );
}

/** What it gives, in exact numbers; what does not exist yet is called that. */
function Unlocks({ plans }: { plans: Plan[] }) {
  const { t } = useLingui();
  const meetings = Math.max(...plans.map(({ matches_per_day }) => matches_per_day));
  const row = (icon: ReactNode, title: ReactNode, words: ReactNode, exists = true) => (
    <Row
      icon={icon}
      className="items-start"
      title={
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          {title}
          {exists ? null : <Chip>{t`not here yet`}</Chip>}
        </span>
      }
      words={words}
    />
  );
  return (
    <Section title={<Trans>What a membership gives</Trans>}>
      <CardList label={t`What a membership gives`}>
        {row(
          <LampIcon aria-hidden className="size-5.5 text-lamp-text" />,
          <Plural value={meetings} one="Up to # meeting a day" other="Up to # meetings a day" />,
          <MeetingsToday most={meetings} />,
        )}
        {plans.some(({ sees_likes }) => sees_likes)
          ? row(
              <Eye aria-hidden className="size-5.5 text-lamp-text" />,
              <Trans>Who likes you</Trans>,
              <Trans>There are no likes on this square so far. When they come, members see who gave them.</Trans>,
              false,
            )
          : null}
        {plans.some(({ no_ads }) => no_ads)
          ? row(
              <Leaf aria-hidden className="size-5.5 text-lamp-text" />,
              <Trans>No advertising</Trans>,
              <Trans>There is none here today. If it ever comes, members will not see it.</Trans>,
              false,
            )
          : null}
      </CardList>
    </Section>
  );
}

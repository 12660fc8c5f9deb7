import { plural } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Eye, Lamp as LampIcon, Leaf, Store } from 'lucide-react';
import { type ReactNode, useCallback, useState } from 'react';
import type { Plan, Premium } from '../../api/types';
import { useWords } from '../../api/words';
import {
  Bone,
  Button,
  Card,
  CardList,
  Chip,
  Coins,
  EmptyState,
  ErrorState,
  Money,
  moneyText,
  Notice,
  Page,
  Row,
  Section,
  Segmented,
  Sheet,
  Skeleton,
  Tiles,
  toast,
} from '../../ui';
import { stateQuery } from '../meeting/data';
import { useCheckout } from './checkout';
import { premiumQuery, useCancelPremium, useResumePremium, useSubscribe, walletQuery } from './data';
import { running, useMembershipWords } from './membership';
import { chosenPlace, PlaceChoice, usePlace } from './PlaceChoice';
import { ownName, usePeriodWords, useProviderName } from './words';

/** What a membership gives, what it costs, how it stands; leaving it is as easy as taking it. */
export function PremiumPage() {
  const { t } = useLingui();
  const premium = useQuery(premiumQuery);
  return (
    <Page title={t`Premium`} back="/wallet">
      {premium.data ? (
        <Shown premium={premium.data} />
      ) : premium.isError ? (
        <ErrorState onRetry={() => premium.refetch()} />
      ) : (
        <Skeleton className="flex flex-col gap-3">
          <Bone className="mb-3 h-40 w-full rounded-card" />
          <Bone className="h-40 w-full rounded-card" />
        </Skeleton>
      )}
    </Page>
  );
}

function Shown({ premium }: { premium: Premium }) {
  const member = running(premium);
  const plans = member ? premium.plans.filter(({ id }) => id === member.plan_id) : premium.plans;
  return (
    <>
      {premium.subscription ? <Membership premium={premium} /> : null}
      {plans.length > 0 ? <Unlocks plans={plans} /> : null}
      {member ? null : premium.plans.length > 0 ? (
        <Plans plans={premium.plans} />
      ) : (
        <EmptyState icon={<Store aria-hidden />} title={<Trans>There is no membership here just now</Trans>}>
          <Trans>The people who run this square do not sell one. Nothing is missing without it.</Trans>
        </EmptyState>
      )}
    </>
  );
}

/** Where a membership is bought and ended in the store's own app. */
const STORES = new Set(['apple', 'google', 'revenuecat']);

/** What is had, until when, and the two buttons that end it or take the ending back. */
function Membership({ premium }: { premium: Premium }) {
  const { t } = useLingui();
  const errors = useWords();
  const said = useMembershipWords()(premium);
  const provider = useProviderName();
  const [asked, setAsked] = useState(false);
  const resume = useResumePremium();
  const member = running(premium);
  return (
    <Card className="flex flex-col gap-3">
      <div>
        <Chip tone={said.tone}>{said.mark}</Chip>
      </div>
      <h2 className="font-semibold text-lg" data-testid="membership">
        {said.title}
      </h2>
      <p className="text-soft">{said.words}</p>
      {member ? (
        <p className="text-soft text-sm">
          <Trans>Paid through: {provider(member.provider)}</Trans>
        </p>
      ) : null}
      {member?.status === 'grace' && !member.provider ? (
        <Button asChild look="lamp">
          <Link to="/wallet/buy">
            <Trans>Buy coins</Trans>
          </Link>
        </Button>
      ) : null}
      {member?.status === 'cancelled' && !STORES.has(member.provider ?? '') ? (
        <Button
          busy={resume.isPending}
          onClick={() =>
            resume.mutate(undefined, { onSuccess: () => toast(t`It goes on; you are a member as before.`) })
          }
        >
          <Trans>Take the cancelling back</Trans>
        </Button>
      ) : member && STORES.has(member.provider ?? '') ? (
        <p className="text-soft text-sm">
          <Trans>
            It was bought in {provider(member.provider)}, and there it is cancelled: under its subscriptions.
          </Trans>
        </p>
      ) : member?.renews || member?.status === 'grace' ? (
        <Button onClick={() => setAsked(true)}>
          <Trans>Cancel premium</Trans>
        </Button>
      ) : null}
      {resume.error ? (
        <p role="alert" className="text-sm text-terracotta">
          {errors(resume.error)}
        </p>
      ) : null}
      {member ? <CancelSheet open={asked} onClose={() => setAsked(false)} until={member.period_ends_at} /> : null}
    </Card>
  );
}

/** Says what cancelling does, once; no reasons are asked for and nothing is offered instead. */
function CancelSheet({ open, onClose, until }: { open: boolean; onClose: () => void; until: string }) {
  const { t, i18n } = useLingui();
  const errors = useWords();
  const cancel = useCancelPremium();
  const day = new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'long' }).format(new Date(until));
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t`Cancel premium?`}
      words={t`It is not renewed any more and stays as it is until ${day}, which is paid for. You can take this back until then.`}
      actions={
        <>
          <Button
            look="danger"
            className="flex-1"
            busy={cancel.isPending}
            onClick={() =>
              cancel.mutate(undefined, {
                onSuccess: () => {
                  toast(t`Cancelled. It stays until ${day}.`);
                  onClose();
                },
              })
            }
          >
            <Trans>Cancel premium</Trans>
          </Button>
          <Button className="flex-1" onClick={onClose}>
            <Trans>Keep it</Trans>
          </Button>
        </>
      }
    >
      {cancel.error ? (
        <p role="alert" className="text-terracotta">
          {errors(cancel.error)}
        </p>
      ) : null}
    </Sheet>
  );
}

/** What it gives, in exact numbers; what does not exist yet is called that. */
function Unlocks({ plans }: { plans: Plan[] }) {
  const { t } = useLingui();
  const { data: state } = useQuery(stateQuery);
  const meetings = Math.max(...plans.map(({ text_per_day }) => text_per_day));
  const now = state?.rights.text.limit;
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
          now === undefined ? undefined : now >= meetings ? (
            <Trans>These lamps are lit for you on the square.</Trans>
          ) : (
            <Trans>Today you have {now}.</Trans>
          ),
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
              <Trans>Nobody sees any here today. Should it come one day, it does not come to members.</Trans>,
              false,
            )
          : null}
      </CardList>
    </Section>
  );
}

type PayWith = 'money' | 'coins';

function Plans({ plans }: { plans: Plan[] }) {
  const { t, i18n } = useLingui();
  const words = useWords();
  const period = usePeriodWords();
  const { data: wallet } = useQuery(walletQuery);
  const [chosen, setChosen] = useState(plans[0]?.id ?? '');
  const [payWith, setPayWith] = useState<PayWith>('money');
  const [opening, setOpening] = useState<string | null>(null);
  const places = usePlace();
  const subscribe = useSubscribe();
  const { slow } = useCheckout(
    opening,
    useCallback(() => setOpening(null), []),
  );
  const plan = plans.find(({ id }) => id === chosen) ?? plans[0];
  if (!plan) return null;
  const coinPrice = plan.coin_price ?? null;
  const withCoins = payWith === 'coins' && coinPrice !== null;
  const missing = withCoins && wallet ? Math.max(0, coinPrice - wallet.available) : 0;
  const busy = subscribe.isPending || opening !== null;
  const { each } = period(plan.period);
  const cost = withCoins
    ? t`${plural(coinPrice, { one: '# coin', other: '# coins' })}`
    : moneyText(i18n.locale, plan.price, plan.currency);

  const go = () =>
    subscribe.mutate(
      withCoins
        ? { plan_id: plan.id, pay_with: 'coins' }
        : { plan_id: plan.id, pay_with: 'money', ...chosenPlace(places) },
      {
        onSuccess: ({ subscription, payment }) => {
          if (payment) setOpening(payment.id);
          else if (subscription) toast(t`You are a member now.`);
        },
      },
    );

  return (
    <Section title={<Trans>Become a member</Trans>}>
      <form
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && missing === 0) go();
        }}
      >
        <Tiles
          label={t`For how long at a time`}
          hideLabel
          value={plan.id}
          onChange={setChosen}
          className="sm:grid-cols-2"
          options={plans.map((one) => ({ value: one.id, disabled: busy, words: <PlanTile plan={one} /> }))}
        />
        {coinPrice === null ? null : (
          <Segmented
            label={t`Pay with`}
            value={payWith}
            onChange={setPayWith}
            options={[
              { value: 'money', words: <Trans>Money</Trans> },
              { value: 'coins', words: <Trans>Coins</Trans> },
            ]}
          />
        )}
        {withCoins ? null : <PlaceChoice {...places} />}
        {missing > 0 && wallet ? (
          <Notice
            tone="quiet"
            title={<Plural value={missing} one="# coin is missing" other="# coins are missing" />}
            action={
              <Button asChild look="lamp">
                <Link to="/wallet/buy">
                  <Trans>Buy coins</Trans>
                </Link>
              </Button>
            }
          >
            <Trans>
              You have <Coins amount={wallet.available} />.
            </Trans>
          </Notice>
        ) : (
          <div className="flex flex-col gap-3">
            <Button type="submit" look="lamp" size="lg" wide busy={busy}>
              {opening !== null ? <Trans>Opening the pay page…</Trans> : <Trans>Pay {each(cost)}</Trans>}
            </Button>
            {slow ? (
              <p role="status" className="text-center text-soft text-sm">
                <Trans>The pay page takes longer than usual. We keep asking; nothing has been charged.</Trans>
              </p>
            ) : null}
            {subscribe.error ? (
              <p role="alert" className="text-center text-sm text-terracotta">
                {words(subscribe.error)}
              </p>
            ) : null}
            <p className="text-center text-soft text-sm">
              {withCoins ? (
                <Trans>
                  It renews by itself with coins from your wallet until you cancel. Cancelling takes two taps on this
                  page.
                </Trans>
              ) : places.place?.renews === false ? (
                <Trans>It is not renewed by itself: it ends when its time is over, unless you pay again.</Trans>
              ) : (
                <Trans>It renews by itself until you cancel. Cancelling takes two taps on this page.</Trans>
              )}
            </p>
          </div>
        )}
      </form>
    </Section>
  );
}

function PlanTile({ plan }: { plan: Plan }) {
  const { i18n } = useLingui();
  const { name } = usePeriodWords()(plan.period);
  return (
    <span className="flex min-w-0 flex-1 flex-col gap-0.5">
      <span className="font-semibold">{ownName(plan.name, i18n.locale) ?? name}</span>
      <span className="font-bold font-display text-lg">
        <Money amount={plan.price} currency={plan.currency} />
      </span>
      {plan.coin_price ? (
        <span className="text-soft text-sm">
          <Trans>
            or <Coins amount={plan.coin_price} />
          </Trans>
        </span>
      ) : null}
    </span>
  );
}

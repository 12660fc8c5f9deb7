import { plural } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CalendarClock, CalendarOff, Receipt, RotateCw } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { Plan } from '../../kit/api/types';
import { ownName } from '../../kit/language';
import {
  Button,
  Coins,
  Money,
  moneyText,
  Notice,
  Pledge,
  Pledges,
  Section,
  Segmented,
  Tiles,
  toast,
} from '../../kit/ui';
import { chosenPlace, PaidElsewhere, PayButton, PlaceChoice, useCheckout, usePlace } from '../payments';
import { walletQuery } from '../wallet';
import { useSubscribe } from './data';
import { usePeriodWords } from './words';

type PayWith = 'money' | 'coins';

/** Which plan, paid with what, and the one button; how to leave is said before. */
export function Plans({ plans, instead = false }: { plans: Plan[]; instead?: boolean }) {
  const { t, i18n } = useLingui();
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
  const { pay, renewing } = period(plan.period);
  const once = !withCoins && places.place?.renews === false;
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
    <Section title={instead ? <Trans>Choose another plan</Trans> : <Trans>Become a member</Trans>}>
      <form
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && missing === 0) go();
        }}
      >
        <fieldset disabled={busy} className="flex min-w-0 flex-col gap-5">
          <Tiles
            label={t`For how long at a time`}
            hideLabel
            value={plan.id}
            onChange={setChosen}
            className="sm:grid-cols-2"
            options={plans.map((one) => ({ value: one.id, words: <PlanTile plan={one} /> }))}
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
          {withCoins ? null : <PlaceChoice {...places} renewing />}
        </fieldset>
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
          <PayButton busy={busy} opening={opening !== null} slow={slow} error={subscribe.error}>
            {once ? t`Pay ${cost}` : pay(cost)}
          </PayButton>
        )}
        <Pledges quiet>
          {instead ? (
            <Pledge icon={<CalendarClock aria-hidden />}>
              {withCoins || once ? (
                <Trans>It starts on the day your current one ends.</Trans>
              ) : (
                <Trans>It starts at once; what is left of your current one stays beside it.</Trans>
              )}
            </Pledge>
          ) : null}
          <Pledge icon={<RotateCw aria-hidden />}>
            {once ? (
              <Trans>It is not renewed by itself: it ends when its time is over, unless you pay again.</Trans>
            ) : (
              renewing(cost)
            )}
          </Pledge>
          {once ? null : (
            <Pledge icon={<CalendarOff aria-hidden />}>
              <Trans>
                Cancelling takes two taps on this page; what you have paid for stays until its time is over.
              </Trans>
            </Pledge>
          )}
          {withCoins ? null : (
            <>
              <PaidElsewhere provider={places.place?.provider} />
              <Pledge icon={<Receipt aria-hidden />}>
                <Trans>The price includes all taxes. You find every receipt under Payments.</Trans>
              </Pledge>
            </>
          )}
        </Pledges>
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

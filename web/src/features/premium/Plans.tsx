import { plural } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CalendarClock, CalendarOff, Receipt, RotateCw } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { Plan } from '../../kit/api/types';
import { Form, useForm } from '../../kit/form';
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

interface Choice {
  chosen: string;
  payWith: 'money' | 'coins';
}

/** Which plan, paid with what, and the one button; how to leave is said before. */
export function Plans({ plans, instead = false }: { plans: Plan[]; instead?: boolean }) {
  const { t, i18n } = useLingui();
  const period = usePeriodWords();
  const { data: wallet } = useQuery(walletQuery);
  const [opening, setOpening] = useState<string | null>(null);
  const places = usePlace();
  const subscribe = useSubscribe();
  const { slow } = useCheckout(
    opening,
    useCallback(() => setOpening(null), []),
  );
  /** The plan, its price where coins pay it, and how many of those are missing. */
  const wantedBy = ({ chosen, payWith }: Choice) => {
    const plan = plans.find(({ id }) => id === chosen) ?? plans[0];
    const coinPrice = payWith === 'coins' ? (plan?.coin_price ?? null) : null;
    return { plan, coinPrice, missing: coinPrice && wallet ? Math.max(0, coinPrice - wallet.available) : 0 };
  };
  const form = useForm({
    initial: { chosen: plans[0]?.id ?? '', payWith: 'money' } as Choice,
    ready: (choice) => opening === null && wantedBy(choice).missing === 0,
    send: (choice) => {
      const wanted = wantedBy(choice);
      const plan_id = wanted.plan?.id ?? choice.chosen;
      return subscribe.mutateAsync(
        wanted.coinPrice === null
          ? { plan_id, pay_with: 'money', ...chosenPlace(places) }
          : { plan_id, pay_with: 'coins' },
      );
    },
    onSent: ({ subscription, payment }) => {
      if (payment) setOpening(payment.id);
      else if (subscription) toast(t`You are a member now.`);
    },
  });
  const { plan, coinPrice, missing } = wantedBy(form.values);
  const withCoins = coinPrice !== null;
  if (!plan) return null;
  const busy = form.busy || opening !== null;
  const { pay, renewing } = period(plan.period);
  const once = !withCoins && places.place?.renews === false;
  const cost = withCoins
    ? t`${plural(coinPrice, { one: '# coin', other: '# coins' })}`
    : moneyText(i18n.locale, plan.price, plan.currency);

  return (
    <Section title={instead ? <Trans>Choose another plan</Trans> : <Trans>Become a member</Trans>}>
      <Form form={form} className="flex flex-col gap-5">
        <fieldset disabled={busy} className="flex min-w-0 flex-col gap-5">
          <Tiles
            label={t`For how long at a time`}
            hideLabel
            value={plan.id}
            onChange={(next) => form.change({ chosen: next })}
            className="sm:grid-cols-2"
            options={plans.map((one) => ({ value: one.id, words: <PlanTile plan={one} /> }))}
          />
          {plan.coin_price == null ? null : (
            <Segmented
              label={t`Pay with`}
              {...form.choice('payWith')}
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
          <PayButton busy={busy} opening={opening !== null} slow={slow} fault={form.fault}>
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
      </Form>
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

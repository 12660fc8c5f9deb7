import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Sparkles } from 'lucide-react';
import { useState } from 'react';
import type { Premium, Subscription } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { ownName } from '../../kit/language';
import {
  Button,
  Card,
  Coins,
  cx,
  type Fact,
  Facts,
  Moment,
  Money,
  Notice,
  Sheet,
  type Tone,
  toast,
} from '../../kit/ui';
import { paymentsQuery, useProviderName } from '../payments';
import { useCancelPremium, useResumePremium } from './data';
import { running, useMembershipWords } from './membership-words';
import { usePeriodWords } from './words';

/** A membership that is bought and ended in a store; and the store's page for that, where we know which store it is. */
const STORES = new Map([
  ['apple', 'https://apps.apple.com/account/subscriptions'],
  ['google', 'https://play.google.com/store/account/subscriptions'],
  ['revenuecat', null],
]);

const TONES: Record<Tone, string> = {
  lamp: 'bg-lamp-soft text-lamp-text',
  moss: 'bg-moss-soft text-moss',
  terracotta: 'bg-terracotta-soft text-terracotta',
  quiet: 'bg-deep text-soft',
};

/** What is had, until when, and the two buttons that end it or take the ending back. */
export function Membership({ premium }: { premium: Premium }) {
  const { t } = useLingui();
  const errors = useWords();
  const said = useMembershipWords()(premium);
  const provider = useProviderName();
  const [asked, setAsked] = useState(false);
  const resume = useResumePremium();
  const member = running(premium);
  const store = STORES.get(member?.provider ?? '');
  return (
    <Card className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3.5">
        <span className={cx('flex size-11 shrink-0 items-center justify-center rounded-full', TONES[said.tone])}>
          <Sparkles aria-hidden className="size-5.5" />
        </span>
        <h2 className="min-w-0 flex-1 basis-40 font-semibold text-lg" data-testid="membership">
          {said.title}
        </h2>
      </div>
      <p className="text-soft">{said.words}</p>
      {member ? <Terms premium={premium} member={member} /> : null}
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
          <Trans>Undo the cancellation</Trans>
        </Button>
      ) : member && STORES.has(member.provider ?? '') ? (
        <>
          <p className="text-soft text-sm">
            <Trans>
              It was bought in {provider(member.provider)}, and there it is cancelled: under its subscriptions.
            </Trans>
          </p>
          {store ? (
            <Button asChild>
              <a href={store} target="_blank" rel="noreferrer">
                <Trans>To the subscriptions there</Trans>
              </a>
            </Button>
          ) : null}
        </>
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

/** Two that renew cost twice. This one was bought in a store, where only the person can end it. */
export function SecondMembership({ second }: { second: Subscription }) {
  const { t } = useLingui();
  const provider = useProviderName();
  const where = provider(second.provider);
  const store = STORES.get(second.provider ?? '');
  return (
    <Notice
      title={t`You pay for two memberships`}
      action={
        store ? (
          <Button asChild>
            <a href={store} target="_blank" rel="noreferrer">
              <Trans>To the subscriptions there</Trans>
            </a>
          </Button>
        ) : null
      }
    >
      <Trans>
        Another one renews at {where}. One is enough: cancel one of them where you bought it. If you want your money
        back for the second one, ask {where}.
      </Trans>
    </Notice>
  );
}

/** Which plan, what it costs and who charges it, as on the person's own receipts. */
function Terms({ premium, member }: { premium: Premium; member: Subscription }) {
  const { t, i18n } = useLingui();
  const period = usePeriodWords();
  const provider = useProviderName();
  const { data: payments } = useInfiniteQuery({ ...paymentsQuery, enabled: member.coin_price == null });
  const plan = premium.plans.find(({ id }) => id === member.plan_id);
  const next = premium.plans.find(({ id }) => id === member.next_plan_id);
  const last = payments?.pages
    .flatMap((page) => page.items)
    .find(({ product_id, status }) => product_id === member.plan_id && status === 'paid');
  const facts: Fact[] = [
    ...(plan ? [{ name: t`Plan`, value: ownName(plan.name, i18n.locale) ?? period(plan.period).name }] : []),
    ...(next
      ? [{ name: t`From the next period`, value: ownName(next.name, i18n.locale) ?? period(next.period).name }]
      : []),
    ...(member.coin_price == null ? [] : [{ name: t`Price`, value: <Coins amount={member.coin_price} /> }]),
    ...(last
      ? [
          {
            name: t`Last payment`,
            value: (
              <Link
                to="/wallet/payments/$paymentId"
                params={{ paymentId: last.id }}
                className="underline underline-offset-4"
              >
                <Money amount={last.amount} currency={last.currency} />, <Moment at={last.created_at} />
              </Link>
            ),
          },
        ]
      : []),
    ...(member.provider ? [{ name: t`Through`, value: provider(member.provider) }] : []),
  ];
  return (
    <div className="border-line border-t pt-3">
      <Facts facts={facts} />
    </div>
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
      words={t`It will not renew. It stays as it is until ${day}, which is paid for; until then you can change your mind.`}
      actions={
        <>
          <Button className="flex-1" onClick={onClose}>
            <Trans>Keep it</Trans>
          </Button>
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

import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { Snowflake } from 'lucide-react';
import { useState } from 'react';
import { useWords } from '../../kit/api/words';
import { ConflictOfInterest, DecideSheet, PersonName } from '../../kit/staff';
import { Button, Card, Chip, Moment, Money, type Tone, toast } from '../../kit/ui';
import { useThaw } from '../wallet';
import { type Choice, type FraudCase, useDecide } from './data';
import { useFindingWords } from './words';

/** What the rules doubt about one purchase, or one round of gifts, and what staff may make of it. */
export function CaseCard({ one }: { one: FraudCase }) {
  const { t } = useLingui();
  const say = useFindingWords();
  const outcomes: Record<FraudCase['outcome'], { words: string; tone: Tone }> = {
    allow: { words: t`let through`, tone: 'quiet' },
    delay: { words: t`waits for a time`, tone: 'lamp' },
    review: { words: one.renewal ? t`given, to be looked at` : t`waits for a decision`, tone: 'lamp' },
    freeze: { words: t`wallet frozen`, tone: 'terracotta' },
  };
  const decisions: Record<string, string> = {
    release: one.renewal ? t`left as it is` : t`let through`,
    dismiss: one.renewal ? t`left as it is, and trusted` : t`let through and trusted`,
    refund: t`money given back`,
    freeze: t`wallet frozen`,
    overtaken: t`the money went back by itself`,
  };
  const outcome = outcomes[one.outcome];
  return (
    <Card className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <PersonName person={one.person} />
        {one.status === 'open' ? <Chip tone={outcome.tone}>{outcome.words}</Chip> : null}
        <span className="text-soft text-sm">
          <Plural value={one.points} one="# point" other="# points" /> · <Moment at={one.created_at} />
        </span>
        {one.frozen ? (
          <Chip tone="terracotta" icon={<Snowflake aria-hidden />}>
            {t`wallet frozen now`}
          </Chip>
        ) : null}
      </div>
      {one.payment ? (
        <Link
          to="/staff/payments/$paymentId"
          params={{ paymentId: one.payment.id }}
          className="inline-flex min-h-9 items-center self-start underline underline-offset-3"
        >
          <Money amount={one.payment.amount} currency={one.payment.currency} />
        </Link>
      ) : null}
      {one.renewal ? (
        <p className="text-sm">
          <Trans>A membership renewed itself: it was given, and nobody is waiting for this.</Trans>
        </p>
      ) : null}
      {one.ring.length > 0 ? (
        <p className="flex flex-wrap gap-x-3 text-sm">
          {one.ring.map((person) => (
            <PersonName key={person.user_id} person={person} />
          ))}
        </p>
      ) : null}
      <ul className="flex flex-col gap-2">
        {one.findings.map((finding) => {
          const words = say(finding);
          return (
            <li key={finding.rule} className="flex flex-col text-sm">
              <span className="font-semibold">
                {words.title}{' '}
                <span className="font-normal text-soft">
                  <Plural value={finding.points} one="+# point" other="+# points" />
                </span>
              </span>
              <span>{words.words}</span>
            </li>
          );
        })}
      </ul>
      {one.release_at && one.status === 'open' && one.outcome === 'delay' ? (
        <p className="text-soft text-sm">
          <Trans>
            Given by itself: <Moment at={one.release_at} />.
          </Trans>
        </p>
      ) : null}
      {one.decision ? (
        <p className="text-sm">
          <span className="font-semibold">{decisions[one.decision]}</span>
          {one.decided_at ? (
            <>
              {' · '}
              <Moment at={one.decided_at} />
            </>
          ) : null}
          {one.decided_by ? (
            <>
              {' · '}
              <PersonName person={one.decided_by} />
            </>
          ) : null}
          {one.note ? ` · ${one.note}` : null}
        </p>
      ) : null}
      {one.decision && !one.frozen ? null : one.conflict_of_interest ? (
        <ConflictOfInterest />
      ) : one.decision ? (
        <Thaw one={one} />
      ) : (
        <Decide one={one} />
      )}
    </Card>
  );
}

function Decide({ one }: { one: FraudCase }) {
  const { t } = useLingui();
  const decide = useDecide(one.id);
  const [choice, setChoice] = useState<Choice | null>(null);
  const choices: Record<Choice, { act: string; title: string; words: string; danger?: boolean }> = {
    release: one.renewal
      ? {
          act: t`Leave it as it is`,
          title: t`Leave it as it is?`,
          words: t`The membership goes on. The next renewal is checked just as closely.`,
        }
      : {
          act: t`Let it through`,
          title: t`Let it through?`,
          words: t`What was bought is given. The next purchase is checked just as closely.`,
        },
    dismiss: {
      act: t`Trust them`,
      title: one.renewal ? t`Leave it, and trust them?` : t`Let it through, and trust them?`,
      words: one.renewal
        ? t`The membership goes on, and this card is trusted with this person from now on.`
        : t`What was bought is given, and this card and device are trusted with this person from now on.`,
    },
    refund: {
      act: t`Give the money back`,
      title: t`Give the money back?`,
      words: one.renewal
        ? t`The provider is asked to refund this renewal. The membership ends.`
        : t`The provider is asked to refund it all. What was bought is not given.`,
      danger: true,
    },
    freeze: {
      act: t`Freeze the wallet`,
      title: t`Freeze the wallet?`,
      words: t`They cannot spend until somebody thaws it. They are told that it is frozen.`,
      danger: true,
    },
  };
  const order: Choice[] = one.payment ? ['release', 'dismiss', 'refund', 'freeze'] : ['dismiss', 'freeze'];
  const chosen = choice ? choices[choice] : null;
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {order.map((name) => (
          <Button key={name} size="sm" look={choices[name].danger ? 'danger' : 'plain'} onClick={() => setChoice(name)}>
            {choices[name].act}
          </Button>
        ))}
      </div>
      {choice && chosen ? (
        <DecideSheet
          onClose={() => setChoice(null)}
          title={chosen.title}
          words={chosen.words}
          act={chosen.act}
          danger={chosen.danger}
          onDecide={async (note) => {
            await decide.mutateAsync({ decision: choice, note });
            toast(t`Decided.`);
            setChoice(null);
          }}
        />
      ) : null}
    </>
  );
}

function Thaw({ one }: { one: FraudCase }) {
  const { t } = useLingui();
  const words = useWords();
  const thaw = useThaw(one.person.user_id);
  return (
    <Button
      size="sm"
      className="self-start"
      busy={thaw.isPending}
      onClick={() =>
        thaw.mutate(undefined, {
          onSuccess: () => toast(t`The wallet is thawed.`),
          onError: (error) => toast(words(error), { kind: 'fault' }),
        })
      }
    >
      <Trans>Thaw the wallet</Trans>
    </Button>
  );
}

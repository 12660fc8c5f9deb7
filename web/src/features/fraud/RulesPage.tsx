import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useWords } from '../../kit/api/words';
import { StaffPage } from '../../kit/staff';
import { Button, Card, Field, Loaded, toast } from '../../kit/ui';
import { type FraudRules, rulesQuery, useChangeRules } from './data';
import { allFields, type FieldKey, type Fields, fieldKey, readRules, useAmountText } from './rule-fields';
import { type RuleWords, useEffectWords, useRuleWords } from './rule-words';
import { useRuleTitles } from './words';

/** Every fraud rule in words, with its numbers, and what follows from how many points. */
export function RulesPage() {
  const { t } = useLingui();
  const rules = useQuery(rulesQuery);
  return (
    <StaffPage
      title={t`The fraud rules`}
      lead={
        <Trans>
          Each rule that finds something gives points: twice its number, twice the points. The points of a purchase are
          added up, and this page says what follows. A change applies from the next purchase on and is kept in the log.
        </Trans>
      }
    >
      <Link
        to="/staff/fraud"
        className="inline-flex min-h-11 items-center gap-2 self-start font-medium text-soft hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4.5" />
        <Trans>Doubtful purchases</Trans>
      </Link>
      <Loaded query={rules}>{(known) => <Form key={JSON.stringify(known.settings)} rules={known} />}</Loaded>
    </StaffPage>
  );
}

function Form({ rules }: { rules: FraudRules }) {
  const { t } = useLingui();
  const say = useWords();
  const change = useChangeRules();
  const amountText = useAmountText();
  const ruleWords = useRuleWords();
  const [fields, setFields] = useState<Fields>(() => allFields(rules, amountText));
  const [asked, setAsked] = useState(false);
  const { changes, wrong, numbers } = readRules(rules, fields, amountText);
  const set = (key: FieldKey, text: string) => setFields({ ...fields, [key]: text });
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setAsked(true);
    if (wrong.size > 0) {
      // The form is long: whoever saves is brought to what cannot be so.
      const form = event.currentTarget;
      requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
    }
    if (wrong.size > 0 || Object.keys(changes).length === 0) return;
    change.mutate(changes, { onSuccess: () => toast(t`The rules have been changed.`) });
  };
  const shared = { rules, fields, set, wrong: asked ? wrong : new Set<FieldKey>() };
  const changed = Object.keys(changes).length > 0;
  return (
    <form className="flex flex-col gap-4" onSubmit={save} noValidate>
      <Card className="flex flex-col gap-4">
        <h2 className="font-semibold text-lg">
          <Trans>What follows</Trans>
        </h2>
        <div className="grid gap-4 sm:grid-cols-2">
          <NumberField {...shared} name="delay_score" label={t`It waits for a while, from this many points`} />
          <NumberField {...shared} name="delay_minutes" label={t`For this many minutes`} />
          <NumberField {...shared} name="review_score" label={t`It waits until you decide, from this many points`} />
          <NumberField {...shared} name="freeze_score" label={t`The wallet is frozen too, from this many points`} />
        </div>
      </Card>
      {ruleWords.map((one) => (
        <RuleCard key={one.rule} words={one} numbers={numbers} {...shared} />
      ))}
      <div className="sticky bottom-[calc(4.5rem+var(--dock)+env(safe-area-inset-bottom))] flex flex-wrap items-center gap-3 rounded-card border border-line bg-card p-3 shadow-card lg:bottom-[calc(1rem+var(--dock))]">
        <Button type="submit" look="lamp" busy={change.isPending} disabled={!changed && wrong.size === 0}>
          <Trans>Save</Trans>
        </Button>
        <Button
          look="quiet"
          disabled={!changed && wrong.size === 0}
          onClick={() => {
            setFields(allFields(rules, amountText));
            setAsked(false);
            change.reset();
          }}
        >
          <Trans>Undo changes</Trans>
        </Button>
        {asked && wrong.size > 0 ? (
          <p role="alert" className="text-sm text-terracotta">
            <Trans>One of the numbers is not possible. It is marked.</Trans>
          </p>
        ) : null}
        {change.error ? (
          <p role="alert" className="text-sm text-terracotta">
            {say(change.error)}
          </p>
        ) : null}
      </div>
    </form>
  );
}

interface Shared {
  rules: FraudRules;
  fields: Fields;
  set: (key: FieldKey, text: string) => void;
  wrong: Set<FieldKey>;
}

function RuleCard({ words, numbers, ...shared }: Shared & { words: RuleWords; numbers: Record<string, number> }) {
  const { t } = useLingui();
  const titles = useRuleTitles();
  const effect = useEffectWords();
  const points = numbers[words.points] ?? 0;
  const gifts = words.rule === 'gift_ring';
  const once = effect(points, numbers, gifts);
  const twice = effect(2 * points, numbers, gifts);
  return (
    <Card className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        <h2 className="font-semibold text-lg">{titles[words.rule]}</h2>
        <p>{words.words}</p>
        <p className="text-soft text-sm">
          {points === 0 ? (
            <Trans>Off: it gives no points.</Trans>
          ) : (
            <Trans>
              By itself: {once}. At twice its number: {twice}.
            </Trans>
          )}
        </p>
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        {Object.entries(words.numbers).map(([name, label]) => (
          <NumberField key={name} {...shared} name={name} label={label} />
        ))}
        {Object.entries(words.amounts ?? {}).map(([name, label]) => (
          <Amounts key={name} {...shared} name={name} label={label} />
        ))}
        <NumberField {...shared} name={words.points} label={t`Points`} />
      </div>
    </Card>
  );
}

function NumberField({ rules, fields, set, wrong, name, label }: Shared & { name: string; label: string }) {
  const { t, i18n } = useLingui();
  const key = fieldKey(name);
  const bounds = rules.bounds[name];
  const least = i18n.number(bounds?.least ?? 0);
  const most = i18n.number(bounds?.most ?? 0);
  const delivered = rules.defaults[name];
  const first = typeof delivered === 'number' ? i18n.number(delivered) : '';
  return (
    <Field
      label={label}
      inputMode="numeric"
      autoComplete="off"
      hint={fields[key] === String(delivered) ? undefined : t`Default: ${first}`}
      value={fields[key] ?? ''}
      onChange={(event) => set(key, event.target.value)}
      error={wrong.has(key) ? t`Write a whole number from ${least} to ${most}.` : undefined}
    />
  );
}

function Amounts({ fields, set, wrong, name, label }: Omit<Shared, 'rules'> & { name: string; label: string }) {
  const { t } = useLingui();
  const keys = Object.keys(fields).filter((key): key is FieldKey => key.startsWith(`${name} `));
  return (
    <fieldset className="flex flex-col gap-3 sm:col-span-2">
      <legend className="pb-2 font-semibold text-sm">{label}</legend>
      <div className="grid gap-4 sm:grid-cols-2">
        {keys.map((key) => {
          const currency = key.slice(name.length + 1);
          return (
            <Field
              key={key}
              label={currency === '*' ? t`Every other currency` : currency}
              aria-label={currency === '*' ? `${label}: ${t`Every other currency`}` : `${label}: ${currency}`}
              inputMode="decimal"
              autoComplete="off"
              hint={currency === '*' ? t`Empty: no amount counts as large.` : t`Empty: like every other currency.`}
              value={fields[key] ?? ''}
              onChange={(event) => set(key, event.target.value)}
              error={wrong.has(key) ? t`Write an amount, like 49.99.` : undefined}
            />
          );
        })}
      </div>
    </fieldset>
  );
}

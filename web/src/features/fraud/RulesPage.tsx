import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { Form, type FormOf, useForm } from '../../kit/form';
import { StaffPage } from '../../kit/staff';
import { Button, Card, Fault, Field, Loaded, toast } from '../../kit/ui';
import { type FraudRules, rulesQuery, useChangeRules } from './data';
import { allFields, type FieldKey, type Fields, readField, readRules, useAmountText } from './rule-fields';
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
      <Loaded query={rules}>{(known) => <RulesForm key={JSON.stringify(known.settings)} rules={known} />}</Loaded>
    </StaffPage>
  );
}

function RulesForm({ rules }: { rules: FraudRules }) {
  const { t } = useLingui();
  const change = useChangeRules();
  const amountText = useAmountText();
  const ruleWords = useRuleWords();
  const fieldFault = useFieldFault(rules);
  const kept = allFields(rules, amountText);
  const isWrong = (fields: Fields) =>
    Object.entries(fields).some(([key, typed]) => readField(rules, key, typed) === null);
  const form = useForm<Fields, void>({
    initial: kept,
    rules: Object.fromEntries(Object.keys(kept).map((key) => [key, (typed: string) => fieldFault(key, typed)])),
    ready: (fields) => isWrong(fields) || Object.keys(readRules(rules, fields, amountText).changes).length > 0,
    send: async (fields) => {
      await change.mutateAsync(readRules(rules, fields, amountText).changes);
      toast(t`The rules have been changed.`);
    },
  });
  const { numbers } = readRules(rules, form.values, amountText);
  const shared = { rules, form };
  return (
    <Form form={form} className="flex flex-col gap-4">
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
        <Button type="submit" look="lamp" busy={form.busy} disabled={!form.isReady}>
          <Trans>Save</Trans>
        </Button>
        <Button
          look="quiet"
          disabled={!form.isReady}
          onClick={() => {
            form.change(kept);
            form.clear();
          }}
        >
          <Trans>Undo changes</Trans>
        </Button>
        <Fault>{form.fault}</Fault>
      </div>
    </Form>
  );
}

/** Words for what was typed, where it cannot be so. */
function useFieldFault(rules: FraudRules): (key: FieldKey, typed: string) => string | false {
  const { t, i18n } = useLingui();
  return (key, typed) => {
    if (readField(rules, key, typed) !== null) return false;
    const bounds = rules.bounds[key];
    const least = i18n.number(bounds?.least ?? 0);
    const most = i18n.number(bounds?.most ?? 0);
    return bounds ? t`Write a whole number from ${least} to ${most}.` : t`Write an amount, like 49.99.`;
  };
}

interface Shared {
  rules: FraudRules;
  form: FormOf<Fields>;
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

function NumberField({ rules, form, name, label }: Shared & { name: string; label: string }) {
  const { t, i18n } = useLingui();
  const delivered = rules.defaults[name];
  const first = typeof delivered === 'number' ? i18n.number(delivered) : '';
  return (
    <Field
      label={label}
      inputMode="numeric"
      autoComplete="off"
      hint={form.values[name] === String(delivered) ? undefined : t`Default: ${first}`}
      {...form.field(name)}
    />
  );
}

function Amounts({ form, name, label }: Omit<Shared, 'rules'> & { name: string; label: string }) {
  const { t } = useLingui();
  const keys = Object.keys(form.values).filter((key): key is FieldKey => key.startsWith(`${name} `));
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
              {...form.field(key)}
            />
          );
        })}
      </div>
    </fieldset>
  );
}

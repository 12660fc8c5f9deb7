import { useLingui } from '@lingui/react/macro';
import { amountText, asciiDigits, readMoney } from '../../kit/ui';
import type { FraudRules } from './data';

/** A number of a setting, or its amount in one currency. */
export type FieldKey = string;
/** What stands in the form, as it was typed. */
export type Fields = Record<FieldKey, string>;
type Changes = FraudRules['settings'];

export function fieldKey(name: string, currency?: string): FieldKey {
  return currency ? `${name} ${currency}` : name;
}

/** `*` stands for every other currency; most have hundredths, and are written like this one. */
const written = (currency: string) => (currency === '*' ? 'XXX' : currency);

/** An amount of the smallest unit as it is typed, without its currency. */
export function useAmountText(): (amount: number, currency: string) => string {
  const { i18n } = useLingui();
  return (amount, currency) => amountText(i18n.locale, amount, written(currency));
}

/** A field for each currency that has an amount, or that something is sold in; every other one comes last. */
function currenciesOf(rules: FraudRules, amounts: Record<string, number>): string[] {
  const named = new Set([...Object.keys(amounts), ...rules.currencies]);
  named.delete('*');
  return [...[...named].sort(), '*'];
}

export function allFields(rules: FraudRules, amountText: (amount: number, currency: string) => string): Fields {
  const fields: Fields = {};
  for (const [name, value] of Object.entries(rules.settings)) {
    if (typeof value === 'number') {
      fields[fieldKey(name)] = String(value);
      continue;
    }
    for (const currency of currenciesOf(rules, value)) {
      const amount = value[currency];
      fields[fieldKey(name, currency)] = amount === undefined ? '' : amountText(amount, currency);
    }
  }
  return fields;
}

/** What of the form differs from the settings, which fields cannot be so, and its numbers as far as they can be read. */
export function readRules(
  rules: FraudRules,
  fields: Fields,
  amountText: (amount: number, currency: string) => string,
): { changes: Changes; wrong: Set<FieldKey>; numbers: Record<string, number> } {
  const changes: Changes = {};
  const wrong = new Set<FieldKey>();
  const numbers: Record<string, number> = {};
  const fits = (name: string, value: number) => {
    const bounds = rules.bounds[name];
    return bounds !== undefined && value >= bounds.least && value <= bounds.most;
  };
  const before = allFields(rules, amountText);
  for (const [name, known] of Object.entries(rules.settings)) {
    if (typeof known === 'number') {
      const text = asciiDigits(fields[fieldKey(name)] ?? '').trim();
      const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
      numbers[name] = fits(name, value) ? value : known;
      if (!fits(name, value)) wrong.add(fieldKey(name));
      else if (value !== known) changes[name] = value;
      continue;
    }
    const amounts: Record<string, number> = {};
    let differs = false;
    for (const currency of currenciesOf(rules, known)) {
      const key = fieldKey(name, currency);
      const text = (fields[key] ?? '').trim();
      differs ||= text !== before[key];
      if (text === '') continue;
      const amount = readMoney(text, written(currency));
      if (amount === null || !fits(name, amount)) wrong.add(key);
      else amounts[currency] = amount;
    }
    if (differs) changes[name] = amounts;
  }
  return { changes, wrong, numbers };
}

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

/** The number or amount that was typed; null when it cannot be so. An amount that is left out is undefined. */
export function readField(rules: FraudRules, key: FieldKey, typed: string): number | null | undefined {
  const [name = '', currency] = key.split(' ');
  if (currency && typed.trim() === '') return undefined;
  const value = currency ? readMoney(typed.trim(), written(currency)) : readNumber(typed);
  const bounds = rules.bounds[name];
  return value !== null && bounds && value >= bounds.least && value <= bounds.most ? value : null;
}

function readNumber(typed: string): number | null {
  const digits = asciiDigits(typed).trim();
  return /^\d{1,10}$/.test(digits) ? Number(digits) : null;
}

/** What of the form differs from the settings, and its numbers; a field that cannot be so counts as unchanged. */
export function readRules(
  rules: FraudRules,
  fields: Fields,
  amountText: (amount: number, currency: string) => string,
): { changes: Changes; numbers: Record<string, number> } {
  const changes: Changes = {};
  const numbers: Record<string, number> = {};
  const before = allFields(rules, amountText);
  for (const [name, known] of Object.entries(rules.settings)) {
    if (typeof known === 'number') {
      const value = readField(rules, name, fields[name] ?? '') ?? known;
      numbers[name] = value;
      if (value !== known) changes[name] = value;
      continue;
    }
    const amounts: Record<string, number> = {};
    let differs = false;
    for (const currency of currenciesOf(rules, known)) {
      const key = fieldKey(name, currency);
      const typed = fields[key] ?? '';
      differs ||= typed.trim() !== before[key];
      const amount = readField(rules, key, typed);
      if (amount != null) amounts[currency] = amount;
    }
    if (differs) changes[name] = amounts;
  }
  return { changes, numbers };
}

import { useLingui } from '@lingui/react/macro';
import exceptions from './currency-digits.json';
import { cx } from './cx';
import { asciiDigits } from './digits';

/** Digits of the minor unit (ISO 4217): 2 for the lira and the forint, 0 for the yen. Browsers carry other numbers. */
function minorDigits(currency: string): number {
  return (exceptions as Partial<Record<string, number>>)[currency] ?? 2;
}

function written(locale: string, amount: number, currency: string, options: Intl.NumberFormatOptions): string {
  const digits = minorDigits(currency);
  const format = { ...options, minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale, format).format(amount / 10 ** digits);
}

/** An amount of the smallest unit (4999 kuruş) as people write it (₺49,99). */
export function moneyText(locale: string, amount: number, currency: string): string {
  return written(locale, amount, currency, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
}

/** The same without its currency, as it stands in a field. */
export function amountText(locale: string, amount: number, currency: string): string {
  return written(locale, amount, currency, {});
}

/** What somebody typed ("49,99", "1.249,90") as an amount of the smallest unit; null when it is no amount. */
export function readMoney(text: string, currency: string): number | null {
  const digits = minorDigits(currency);
  const found = /^(\d{1,3}([.,\s])\d{3}(?:\2\d{3})*|\d+)(?:[.,](\d{1,4}))?$/.exec(asciiDigits(text).trim());
  if (!found?.[1]) return null;
  let [, whole, , part = ''] = found;
  const lone = /^(\d+)[.,](\d{3})$/.exec(whole);
  if (lone?.[1] && lone[2] && part === '' && digits > 2) {
    // Three digits behind one sign: a part of a dinar, as it is written; of four digits it could be either.
    if (digits > 3) return null;
    [, whole, part] = lone;
  }
  if (part.length > digits) return null;
  const amount = Number(whole.replaceAll(/\D/g, '')) * 10 ** digits + Number(part.padEnd(digits, '0') || 0);
  return Number.isSafeInteger(amount) ? amount : null;
}

export function Money({ amount, currency, className }: { amount: number; currency: string; className?: string }) {
  const { i18n } = useLingui();
  return (
    <span className={cx('whitespace-nowrap tabular-nums', className)}>{moneyText(i18n.locale, amount, currency)}</span>
  );
}

/** A number in the reader's own digits and separators. */
export function Figure({ value, signed = false, className }: { value: number; signed?: boolean; className?: string }) {
  const { i18n } = useLingui();
  const text = new Intl.NumberFormat(i18n.locale, signed ? { signDisplay: 'exceptZero' } : {}).format(value);
  return <span className={cx('whitespace-nowrap tabular-nums', className)}>{text}</span>;
}

import { useLingui } from '@lingui/react/macro';
import { cx } from './cx';

/** How many digits of a currency stand behind the point: 2 for the lira, 0 for the yen. */
function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** An amount of the smallest unit (4999 kuruş) as people write it (₺49,99). */
export function moneyText(locale: string, amount: number, currency: string): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).format(
    amount / 10 ** minorDigits(currency),
  );
}

/** What somebody typed ("49,99", "1.249,90") as an amount of the smallest unit; null when it is no amount. */
export function readMoney(text: string, currency: string): number | null {
  const trimmed = text.trim();
  const digits = minorDigits(currency);
  const found = /^(\d{1,3}([.,\s])\d{3}(?:\2\d{3})*|\d+)(?:[.,](\d{1,2}))?$/.exec(trimmed);
  if (!found?.[1] || (found[3] && found[3].length > digits)) return null;
  const whole = Number(found[1].replaceAll(/\D/g, ''));
  const amount = whole * 10 ** digits + Number((found[3] ?? '').padEnd(digits, '0') || 0);
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

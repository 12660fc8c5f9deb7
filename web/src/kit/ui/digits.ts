/** Decimal digits of every script, full width too, as 0 to 9; all else in its usual form (NFKC). */
export function asciiDigits(text: string): string {
  return text.normalize('NFKC').replace(/\p{Nd}/gu, (digit) => String(valueIn(digit.codePointAt(0) ?? 0)));
}

/** The ten digits of a script stand in a row, and no two rows touch. */
function valueIn(digit: number): number {
  let zero = digit;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return digit - zero;
}

export type IdentifierKind = 'phone' | 'email' | 'username';

/** What somebody typed into "phone, e-mail or user name". */
export function kindOf(text: string): IdentifierKind {
  if (text.includes('@')) return 'email';
  return /^[+\d][\d\s().-]{4,}$/.test(text.trim()) ? 'phone' : 'username';
}

/**
 * A phone number with its country code. One without is taken for a Turkish one, as the hint beside the field says;
 * whether it can exist is for the server to decide.
 */
export function fullNumber(text: string): string {
  const digits = text.replace(/[^\d+]/g, '');
  if (digits.startsWith('+')) return digits;
  if (digits.startsWith('00')) return `+${digits.slice(2)}`;
  if (digits.startsWith('0')) return `+90${digits.slice(1)}`;
  return /^5\d{9}$/.test(digits) ? `+90${digits}` : `+${digits}`;
}

/** As the server is told it. */
export function cleaned(text: string): string {
  return kindOf(text) === 'phone' ? fullNumber(text) : text.trim();
}

/** An address for a community, out of its name. */
export function slugOf(name: string): string {
  const plain: Record<string, string> = { ı: 'i', ş: 's', ğ: 'g', ç: 'c', ö: 'o', ü: 'u' };
  return name
    .toLocaleLowerCase('tr')
    .replace(/[ışğçöü]/g, (letter) => plain[letter] ?? '')
    .normalize('NFD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
}

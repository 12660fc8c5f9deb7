import { asciiDigits } from '../../kit/ui/digits';

export type IdentifierKind = 'phone' | 'email' | 'username';

/**
 * As it would have been typed: pasted text brings invisible marks, digits of other scripts and `tel:`. Numbers stay without
 * their country code: the server knows which country the community means.
 */
export function cleaned(text: string): string {
  return asciiDigits(text)
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Pd}/gu, '-')
    .trim()
    .replace(/^(tel|sms|mailto):([^;?]*).*$/i, '$2')
    .trim();
}

/** What somebody typed into "phone, e-mail or user name". */
export function kindOf(text: string): IdentifierKind {
  const plain = cleaned(text);
  if (plain.includes('@')) return 'email';
  return /^[+\d(][\d\s()./-]{4,}$/.test(plain) ? 'phone' : 'username';
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

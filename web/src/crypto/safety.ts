import { concat, fromText, toHex, uuidToBytes } from './bytes';
import type { Member } from './identity';

/**
 * The number two people compare: the same on both sides exactly when both see the same devices with the same identity
 * keys. Sixty digits of a SHA-512 over profiles and keys, both sorted.
 */
export async function safetyNumber(members: readonly Member[]): Promise<string[]> {
  const entries = members
    .map((member) => concat(uuidToBytes(member.profileId), member.key))
    .sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1));
  const input = concat(fromText('meydan safety number 1'), ...entries);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-512', input));
  return Array.from({ length: 12 }, (_, group) => {
    const bytes = digest.subarray(group * 5, group * 5 + 5);
    const number = bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
    return (number % 100_000n).toString().padStart(5, '0');
  });
}

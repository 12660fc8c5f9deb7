import { concat, fromText, toHex, uuidToBytes } from '../../../kit/bytes';

interface Side {
  readonly profileId: string;
  readonly identity: Uint8Array;
}

/**
 * The number two people compare: the same on both sides exactly when each knows the other's identity key, and no key put
 * in between. Sixty digits of a SHA-512 over both profiles and their keys, sorted. New devices do not change it.
 */
export async function safetyNumber(one: Side, other: Side): Promise<string[]> {
  const entries = [one, other]
    .map(({ profileId, identity }) => concat(uuidToBytes(profileId), identity))
    .sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1));
  const input = concat(fromText('meydan safety number 2'), ...entries);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-512', input));
  return Array.from({ length: 12 }, (_, group) => {
    const bytes = digest.subarray(group * 5, group * 5 + 5);
    const number = bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
    return (number % 100_000n).toString().padStart(5, '0');
  });
}

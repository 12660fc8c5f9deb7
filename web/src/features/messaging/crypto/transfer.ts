/**
 * Carries an identity from one browser of a profile to another. The server keeps it for minutes, sealed under a code that
 * one screen shows and the other is told: eighty random bits, stretched, so that keeping the bytes helps nobody.
 */
import { type Bytes, concat, fromText, uuidToBytes } from '../../../kit/bytes';
import { cipherSuite, type IdentityKey } from './identity';
import type { PeerRecord } from './peers';
import { pack, unpack } from './vault';

export interface Carried {
  readonly identity: IdentityKey;
  /** Known identities and devices go along: a new browser does not begin by trusting anew. */
  readonly peers: readonly PeerRecord[];
}

/** The code was mistyped, or the sealed bytes are not what the other browser made. */
export class WrongCode extends Error {}

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 16;
const ROUNDS = 600_000;
const LABEL = fromText('meydan identity transfer 1');

export function makeCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH));
  return Array.from(bytes, (byte) => LETTERS[byte % 32]).join('');
}

/** In groups of four, as it is shown and read aloud. */
export function writeCode(code: string): string {
  return code.replace(/.{4}(?=.)/g, '$&-');
}

/** What was typed, with the letters that look alike taken for the ones in use. Null: that is no code. */
export function readCode(typed: string): string | null {
  const code = typed
    .normalize('NFKC')
    .replaceAll(/[ıİ]/g, 'I')
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter)) ? code : null;
}

export async function sealTransfer(code: string, profileId: string, carried: Carried): Promise<Bytes> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const algorithm = { name: 'AES-GCM', iv, additionalData: concat(LABEL, uuidToBytes(profileId)) };
  const sealed = await crypto.subtle.encrypt(algorithm, await keyOf(code, salt), pack(carried));
  return concat(salt, iv, new Uint8Array(sealed));
}

export async function openTransfer(code: string, profileId: string, body: Uint8Array): Promise<Carried> {
  const [salt, iv, sealed] = [body.slice(0, 16), body.slice(16, 28), body.slice(28)];
  const algorithm = { name: 'AES-GCM', iv, additionalData: concat(LABEL, uuidToBytes(profileId)) };
  try {
    const plain = await crypto.subtle.decrypt(algorithm, await keyOf(code, salt), sealed);
    const carried = unpack(new Uint8Array(plain)) as Carried;
    await checkPair(carried.identity);
    return carried;
  } catch {
    throw new WrongCode();
  }
}

async function keyOf(code: string, salt: Bytes): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey('raw', fromText(code), 'PBKDF2', false, ['deriveKey']);
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(algorithm, secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

async function checkPair({ signKey, publicKey }: IdentityKey): Promise<void> {
  const { signature } = await cipherSuite();
  if (!(await signature.verify(publicKey, LABEL, await signature.sign(signKey, LABEL)))) throw new WrongCode();
}

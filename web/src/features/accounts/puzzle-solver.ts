import { scrypt } from '@noble/hashes/scrypt.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/** A challenge of ALTCHA's proof of work 2, as the server signs it. It goes back unchanged. */
export interface Puzzle {
  parameters: {
    algorithm: string;
    nonce: string;
    salt: string;
    cost: number;
    memoryCost: number;
    parallelism: number;
    keyLength: number;
    keyPrefix: string;
    keySignature: string;
    data: { id: string; purpose: string; highest: number };
  };
  signature: string;
}

export interface Solution {
  counter: number;
  derivedKey: string;
}

/** Tries counters until a key has the wanted beginning; null if none has. `onTry` hears which part of all was tried. */
export function solve({ parameters }: Puzzle, onTry: (part: number) => void): Solution | null {
  const { cost: N, memoryCost: r, parallelism: p, keyLength: dkLen } = parameters;
  const salt = hexToBytes(parameters.salt);
  const nonce = hexToBytes(parameters.nonce);
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  const ending = new DataView(password.buffer, nonce.length);
  for (let counter = 0; counter <= parameters.data.highest; counter += 1) {
    ending.setUint32(0, counter);
    const derivedKey = bytesToHex(scrypt(password, salt, { N, r, p, dkLen }));
    if (derivedKey.startsWith(parameters.keyPrefix)) return { counter, derivedKey };
    onTry((counter + 1) / (parameters.data.highest + 1));
  }
  return null;
}

import type { Bytes } from '../../../kit/bytes';

/** Lengths of texts are rounded up to these, so that the server learns little from them. */
const BUCKETS = [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768] as const;
const MARK = 0x80;

export class TextTooLong extends Error {}

/** A mark and zeros up to the next bucket, as ISO/IEC 7816-4 pads. */
export function pad(plain: Uint8Array): Bytes {
  const size = BUCKETS.find((bucket) => bucket > plain.length);
  if (size === undefined) throw new TextTooLong('the text does not fit the largest bucket');
  const padded = new Uint8Array(size);
  padded.set(plain);
  padded[plain.length] = MARK;
  return padded;
}

export function unpad(padded: Uint8Array): Uint8Array {
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (end < 0 || padded[end] !== MARK) throw new Error('the padding is damaged');
  return padded.subarray(0, end);
}

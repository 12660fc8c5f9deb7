// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import type { TextRecord } from './crypto/records';
import { readingOf } from './reading';

const line = (seq: number | null, what: TextRecord['what'] = { kind: 'text' }, mine = false): TextRecord => ({
  id: `m${seq}`,
  conversationId: 'c',
  seq,
  order: 0,
  mine,
  at: '2026-05-01T20:00:01Z',
  body: '',
  state: 'sent',
  what,
  sealed: null,
});
const closed = { kind: 'unreadable', why: 'before_joining' } as const;
const reading = (texts: TextRecord[], readSeq = 0) => {
  const { last, left } = readingOf(texts, readSeq);
  return [last?.seq ?? null, left];
};

describe('what is said to be read', () => {
  it('is the last line of the other side', () => {
    expect(reading([line(1), line(2), line(3, { kind: 'text' }, true)])).toEqual([2, 0]);
  });

  it('is nothing new when all was told', () => {
    expect(reading([line(1), line(2)], 2)).toEqual([null, 0]);
  });

  it('is never a line that this device cannot open, nor one behind it', () => {
    expect(reading([line(1, closed)])).toEqual([null, 1]);
    expect(reading([line(1), line(2, closed), line(4)])).toEqual([1, 2]);
  });

  it('goes on once another device showed that line', () => {
    expect(reading([line(1), line(2, closed), line(4)], 2)).toEqual([4, 0]);
  });

  it('has nothing to do with notices of devices', () => {
    expect(reading([line(1), line(2, { kind: 'device_added', profileId: 'p' })])).toEqual([1, 0]);
  });
});

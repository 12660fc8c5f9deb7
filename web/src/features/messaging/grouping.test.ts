import { describe, expect, it } from 'vitest';
import type { GiftLine } from '../../kit/api/types';
import type { TextRecord, Unreadable } from './crypto/records';
import { group } from './grouping';

let count = 0;
const line = (mine: boolean, at: string, what: TextRecord['what'] = { kind: 'text' }): TextRecord => {
  count += 1;
  return {
    id: `${count}`,
    conversationId: 'c',
    seq: count,
    order: 0,
    mine,
    at,
    body: '',
    state: 'sent',
    what,
    sealed: null,
  };
};
const gift = (mine: boolean, created_at: string): GiftLine => {
  count += 1;
  const what = { id: 'g', key: 'tea' as const, price: 5, position: 1 };
  return { id: `${count}`, gift: what, quantity: 1, mine, note: '', created_at };
};
const shape = (texts: TextRecord[], gifts: GiftLine[] = []) =>
  group(texts, gifts).map(({ mine, kind, texts: inside }) => `${mine ? 'me' : 'peer'} ${kind} ${inside.length}`);

describe('lines', () => {
  it('of one side within a minute stand together', () => {
    const texts = [
      line(true, '2026-05-01T20:00:01Z'),
      line(true, '2026-05-01T20:00:59Z'),
      line(true, '2026-05-01T20:01:01Z'),
      line(false, '2026-05-01T20:01:02Z'),
      line(true, '2026-05-01T20:01:03Z'),
    ];
    expect(shape(texts)).toEqual(['me texts 2', 'me texts 1', 'peer texts 1', 'me texts 1']);
  });

  it('are parted by the news of a device', () => {
    const at = '2026-05-01T20:00:01Z';
    const texts = [line(false, at), line(false, at, { kind: 'device_added', profileId: 'p' }), line(false, at)];
    expect(shape(texts)).toEqual(['peer texts 1', 'peer device_added 1', 'peer texts 1']);
  });

  it('that cannot be read say so once for each reason, whoever wrote them', () => {
    const at = '2026-05-01T20:00:01Z';
    const sealed = (mine: boolean, why: Unreadable) => line(mine, at, { kind: 'unreadable', why });
    const texts = [
      sealed(false, 'before_joining'),
      sealed(true, 'own_other_device'),
      sealed(false, 'before_joining'),
      sealed(false, 'withheld'),
      line(false, at),
      sealed(false, 'damaged'),
    ];
    expect(shape(texts)).toEqual(['peer unreadable 3', 'peer unreadable 1', 'peer texts 1', 'peer unreadable 1']);
  });

  it('get their date when midnight passed', () => {
    const days = group([line(true, '2026-05-01T12:00:00Z'), line(true, '2026-05-03T12:00:00Z')]);
    expect(days.map(({ newDay }) => newDay)).toEqual([false, true]);
  });

  it('have gifts between them, where they were given', () => {
    const texts = [line(true, '2026-05-01T20:00:01Z'), line(true, '2026-05-01T20:00:20Z')];
    expect(shape(texts, [gift(false, '2026-05-01T20:00:10Z'), gift(true, '2026-05-01T20:05:00Z')])).toEqual([
      'me texts 1',
      'peer gift 0',
      'me texts 1',
      'me gift 0',
    ]);
    expect(shape([], [gift(true, '2026-05-01T20:00:00Z')])).toEqual(['me gift 0']);
    const days = group([line(true, '2026-05-01T12:00:00Z')], [gift(true, '2026-05-02T12:00:00Z')]);
    expect(days.map(({ newDay }) => newDay)).toEqual([false, true]);
  });

  it('keep the order of the talk, whatever the clocks of two devices say', () => {
    const texts = [line(true, '2026-05-01T20:03:00Z'), line(false, '2026-05-01T20:01:00Z')];
    expect(shape(texts, [gift(true, '2026-05-01T20:02:00Z')])).toEqual(['me gift 0', 'me texts 1', 'peer texts 1']);
  });
});

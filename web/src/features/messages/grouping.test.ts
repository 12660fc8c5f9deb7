import { describe, expect, it } from 'vitest';
import type { TextRecord } from '../../crypto/records';
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
const shape = (texts: TextRecord[]) =>
  group(texts).map(({ mine, kind, texts: inside }) => `${mine ? 'me' : 'peer'} ${kind} ${inside.length}`);

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

  it('get their date when midnight passed', () => {
    const days = group([line(true, '2026-05-01T12:00:00Z'), line(true, '2026-05-03T12:00:00Z')]);
    expect(days.map(({ newDay }) => newDay)).toEqual([false, true]);
  });
});

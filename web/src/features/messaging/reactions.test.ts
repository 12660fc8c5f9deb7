import { describe, expect, it } from 'vitest';
import type { TextRecord } from './crypto/records';
import { saidIn } from './reactions';

const record = (seq: number | null, over: Partial<TextRecord>): TextRecord => ({
  id: `m${seq}`,
  conversationId: 'c',
  seq,
  order: seq ?? 1,
  mine: false,
  at: '2026-05-01T20:00:01Z',
  body: '',
  state: 'sent',
  what: { kind: 'text' },
  sealed: null,
  ...over,
});
const reaction = (seq: number | null, body: string, over: Partial<TextRecord> = {}) =>
  record(seq, { body, what: { kind: 'reaction', to: 'm1' }, ...over });

describe('reactions', () => {
  it('are one for each person, the newest; an empty one takes it back', () => {
    const records = [record(1, {}), reaction(2, '👍'), reaction(3, '❤️', { mine: true }), reaction(4, '😂')];
    expect(saidIn(records).reactions.get('m1')).toEqual({ mine: '❤️', theirs: '😂' });
    expect(saidIn([...records, reaction(5, '')]).reactions.get('m1')).toEqual({ mine: '❤️', theirs: undefined });
    expect(saidIn(records).lines.map(({ id }) => id)).toEqual(['m1']);
  });

  it('come out the same in whatever order they came in', () => {
    const records = [
      record(1, {}),
      reaction(2, '👍'),
      reaction(3, ''),
      reaction(4, '😮'),
      reaction(5, '😢', { mine: true }),
    ];
    for (const mixed of [[...records].reverse(), [...records.slice(2), ...records.slice(0, 2)]]) {
      expect(saidIn(mixed)).toEqual(saidIn(records));
    }
  });

  it('show at once what was pressed here, and the earlier one again when the server refused it', () => {
    const sent = reaction(2, '👍', { mine: true });
    expect(saidIn([sent, reaction(null, '❤️', { mine: true, state: 'waiting' })]).reactions.get('m1')?.mine).toBe('❤️');
    expect(saidIn([sent, reaction(null, '❤️', { mine: true, state: 'failed' })]).reactions.get('m1')?.mine).toBe('👍');
  });

  it('by the ten thousand, of one person to one message or to messages that never were, are quick and one', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => reaction(i + 2, i % 2 ? '👍' : '❤️'));
    const lost = Array.from({ length: 10_000 }, (_, i) =>
      reaction(i + 20_000, '👍', { what: { kind: 'reaction', to: `never-${i}` } }),
    );
    const began = performance.now();
    const { lines, reactions } = saidIn([record(1, {}), ...many, ...lost]);
    expect(performance.now() - began).toBeLessThan(20_000); // a hang, not a speed
    expect(lines).toHaveLength(1);
    expect(reactions.get('m1')).toEqual({ theirs: '👍' });
  });
});

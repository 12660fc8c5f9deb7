// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import type { HistoryItem } from '../../kit/api/types';
import { inBoth } from '../../kit/testing/in-both';
import { useHistoryWords } from './words';

const movement = (type: HistoryItem['type'], more: Partial<HistoryItem> = {}): HistoryItem => ({
  id: '0',
  type,
  amount: -5,
  coins: -5,
  earnings: 0,
  debt: 0,
  description: '',
  created_at: '2026-11-21T12:00:00Z',
  details: {},
  reverses_id: null,
  subject_id: null,
  ...more,
});

describe('why coins moved', () => {
  it('is worded for every kind of movement, in both languages', () => {
    const kinds: HistoryItem['type'][] = [
      'purchased',
      'earned',
      'spent',
      'premium',
      'call',
      'refund',
      'chargeback',
      'dispute_won',
      'debt_payment',
      'debt_forgiven',
      'conversion',
      'payout',
      'adjustment',
      'forfeited',
    ];
    const [english, turkish] = inBoth(() => {
      const say = useHistoryWords();
      return kinds.map((kind) => say(movement(kind)).title);
    });
    expect(new Set(english).size).toBe(kinds.length);
    expect(new Set(turkish).size).toBe(kinds.length);
    expect(english).not.toContain('A movement of coins'); // what is said of a kind nobody knows
  });

  it('tells whoever was called what they earned, and whoever called what they paid', () => {
    const paid = inBoth(() => useHistoryWords()(movement('call')));
    expect(paid.map(({ title }) => title)).toEqual(['A call', 'Bir arama']);
    const earned = inBoth(() => useHistoryWords()(movement('call', { amount: 6, coins: 0, earnings: 6 })));
    expect(earned[0]).toEqual({
      title: 'A call with you',
      words: 'Paid by the minute; your share of it, among your earnings.',
    });
    expect(earned[1].title).not.toBe(paid[1].title);
  });

  it('says of a conversion what it took from the earnings, and of debt how much was let off', () => {
    const conversion = { amount: 1200, coins: 1200, earnings: -1200 };
    const [english, turkish] = inBoth(() => useHistoryWords()(movement('conversion', conversion)));
    expect(english.words).toContain('1,200');
    expect(turkish.words).toContain('1.200');
    const let_off = inBoth(() => useHistoryWords()(movement('debt_forgiven', { amount: 0, coins: 0, debt: -7 })));
    expect(let_off.map(({ words }) => words?.includes('7'))).toEqual([true, true]);
  });

  it('says what an earlier account owed', () => {
    const owed = inBoth(() =>
      useHistoryWords()(movement('adjustment', { amount: 0, coins: 0, debt: -1200, description: 'former_account' })),
    );
    expect(owed.map(({ title }) => title)).toEqual(['Owed by your earlier account', 'Önceki hesabının borcu']);
    expect(owed.map(({ words }) => words?.match(/1[.,]200/)?.[0])).toEqual(['1,200', '1.200']);
  });

  it('says of a reversal that it undoes something', () => {
    const [english] = inBoth(() => useHistoryWords()(movement('adjustment', { reverses_id: '1' })));
    expect(english.title).toBe('An earlier movement was undone');
  });
});

// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { inBoth } from '../../kit/testing/in-both';
import { useMoneyNews } from './money-news';

describe('news about money', () => {
  it('are worded for every code, in both languages', () => {
    const codes = [
      'gift_received',
      'payment_settled',
      'payment_held',
      'payment_taken_back',
      'premium_started',
      'premium_renewed',
      'premium_grace',
      'premium_cancelled',
      'premium_ended',
      'premium_paid_twice',
      'wallet_frozen',
      'wallet_thawed',
    ];
    const data = { gift_key: 'tea', quantity: 1, coins: 1200, owed: 0, period_ends_at: '2026-12-01T12:00:00Z' };
    const [english, turkish] = inBoth(() => {
      const say = useMoneyNews();
      return codes.map((code) => say(code, data)?.title);
    });
    expect(new Set([...english, ...turkish]).size).toBe(2 * codes.length);
    expect(inBoth(() => useMoneyNews()('match_made', {}))).toEqual([null, null]);
  });

  it('tell what is owed, in exact numbers as each language writes them', () => {
    const data = { coins: 1200, owed: 1100, disputed: true };
    const [english, turkish] = inBoth(() => useMoneyNews()('payment_taken_back', data));
    expect(english?.title).toBe('Your bank asked for a payment back');
    expect(english?.words).toContain('1,200 coins went back with it. 1,100 of them');
    expect(turkish?.words).toContain('1.200 jeton');
  });
});

describe('two memberships', () => {
  it('are told apart by what becomes of the money: some comes back by itself, some only the person can ask for', () => {
    const say = (data: Record<string, unknown>) => inBoth(() => useMoneyNews()('premium_paid_twice', data)?.words);
    const back = say({ payment_id: '1', where: null });
    const theirs = say({ payment_id: null, where: 'google' });
    const older = say({ payment_id: null, where: null });
    expect(new Set([...back, ...theirs, ...older]).size).toBe(6);
    for (const words of theirs) expect(words).toContain('Google Play');
    expect(back[0]).toContain('goes back to you');
  });
});

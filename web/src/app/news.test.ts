// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest';
import { useNewsOfRooms } from '../kit/news';
import { loadNews, openRooms } from '../kit/room';
import { inBoth } from '../kit/testing/in-both';
import * as rooms from './rooms';

const CODES = [
  'welcome',
  'new_device',
  'sign_in_changed',
  'community_approved',
  'banned',
  'matching_suspended',
  'matching_resumed',
  'reports_wait',
  'referral_reward',
  'codes_paused',
  'match_made',
  'match_ended',
  'claim_approved',
  'claim_rejected',
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

const say = (code: string, data: Record<string, unknown>) => {
  const [english, turkish] = inBoth(() => useNewsOfRooms()(code, data));
  if (!english || !turkish) throw new Error(`nobody tells of ${code}`);
  return [english, turkish] as const;
};

beforeAll(async () => {
  openRooms(Object.fromEntries(Object.entries(rooms).map(([name, { room }]) => [name, room])));
  await loadNews();
});

it('tells of every code, in both languages and in words of its own', () => {
  const data = { gift_key: 'tea', quantity: 1, coins: 1200, owed: 0, amount: 2, until: '2026-12-01T12:00:00Z' };
  const titles = CODES.flatMap((code) => say(code, data).map(({ title }) => title));
  expect(new Set(titles).size).toBe(2 * CODES.length);
  expect(inBoth(() => useNewsOfRooms()('written_by_hand', {}))).toEqual([null, null]);
});

describe('news about the account', () => {
  it('tell why and until when it was closed', () => {
    const [english, turkish] = say('banned', { reason: 'spam', until: '2026-11-23T09:00:00Z' });
    expect(english.title).toContain('23');
    expect(english.words).toBe('Advertising or fraud.');
    expect(turkish.words).toBe('Reklam ya da dolandırıcılık.');
    expect(say('banned', { reason: 'other', until: null })[0].title).toBe('This account was closed');
    const reasons = ['reports', 'harassment', 'sexual_content', 'underage', 'spam', 'threat', 'other', undefined];
    const why = reasons.flatMap((reason) => say('banned', { reason }).map(({ words }) => words));
    expect(new Set(why).size).toBe(2 * reasons.length);
    expect(why).not.toContain('sexual_content');
  });

  it('tell what of the log in has changed', () => {
    const parts = [
      'password',
      'phone',
      'email',
      'second_factor_on',
      'second_factor_off',
      'second_factor_removed',
      'recovery_codes',
      'recovery_code_used',
      'passkey_added',
      'passkey_removed',
    ];
    const titles = parts.map((part) => say('sign_in_changed', { part })[0].title);
    expect(titles.slice(0, 3)).toEqual([
      'Your password was changed',
      'Your phone number was changed',
      'Your e-mail address was changed',
    ]);
    expect(new Set(titles).size).toBe(parts.length);
    expect(say('sign_in_changed', { part: 'phone' })[1].title).toBe('Telefon numaran değişti');
  });

  it('tell how much of the budget is spent, as each language writes numbers', () => {
    const data = { channel: 'sms', spent_cents: 1995, budget_cents: 2000 };
    const [english, turkish] = say('codes_paused', data);
    expect(english.words).toContain("19.95 of today's 20.00");
    expect(turkish.words).toContain('günlük 20,00 bütçenin 19,95');
    expect(say('codes_paused', { ...data, channel: 'email' })[0].words).toContain('an address');
  });
});

it('tells until when nobody new is met, and that it is over', () => {
  const [english, turkish] = say('matching_suspended', { until: '2026-11-23T09:00:00Z' });
  expect(english.title).toContain('23');
  expect(turkish.title).toContain('tanışamazsın');
  expect(say('matching_resumed', {})[0].title).toBe('You can meet people again');
  expect(say('reports_wait', { until: '2026-11-23T09:00:00Z' })[0].words).toContain('23');
});

describe('news about money', () => {
  it('tell what is owed, in exact numbers as each language writes them', () => {
    const data = { coins: 1200, owed: 1100, disputed: true };
    const [english, turkish] = say('payment_taken_back', data);
    expect(english.title).toBe('Your bank asked for a payment back');
    expect(english.words).toContain('1,200 coins went back with it. 1,100 of them');
    expect(turkish.words).toContain('1.200 jeton');
  });

  it('tell two memberships apart by what becomes of the money, and lead to the payment', () => {
    const twice = (data: Record<string, unknown>) => say('premium_paid_twice', data);
    const back = twice({ payment_id: '1', where: null });
    const theirs = twice({ payment_id: null, where: 'google' });
    const older = twice({ payment_id: null, where: null });
    expect(new Set([...back, ...theirs, ...older].map(({ words }) => words)).size).toBe(6);
    for (const { words } of theirs) expect(words).toContain('Google Play');
    expect(back[0].words).toContain('goes back to you');
    expect(back[0].to).toEqual({ to: '/wallet/payments/$paymentId', params: { paymentId: '1' } });
    expect(older[0].to).toEqual({ to: '/premium' });
  });
});

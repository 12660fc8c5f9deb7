// @vitest-environment jsdom
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { cleanup, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import type { HistoryItem, Premium, Subscription } from '../../api/types';
import { messages as en } from '../../locales/en.po';
import { messages as tr } from '../../locales/tr.po';
import { payPage } from './checkout';
import { useGiftName } from './gift-art';
import { useMembershipWords } from './membership-words';
import { useMoneyNews } from './news';
import { useHistoryWords } from './words';

afterEach(cleanup);

const around = ({ children }: { children: ReactNode }) => <I18nProvider i18n={i18n}>{children}</I18nProvider>;

/** What a hook says in both languages. */
function inBoth<Said>(hook: () => Said): [Said, Said] {
  const said = (['en', 'tr'] as const).map((locale) => {
    i18n.load({ en, tr });
    i18n.activate(locale);
    return renderHook(hook, { wrapper: around }).result.current;
  });
  return said as [Said, Said];
}

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
      'gift_sent',
      'gift_received',
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

  it('names the gift, how many, and whom it went to', () => {
    const details = { gift_key: 'tea', quantity: 3, alias: 'mehmet' };
    const [english, turkish] = inBoth(() => useHistoryWords()(movement('gift_sent', { details })));
    expect(english).toEqual({ title: 'Gift for mehmet', words: 'Glass of tea × 3' });
    expect(turkish).toEqual({ title: 'mehmet için hediye', words: 'Bir bardak çay × 3' });
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

describe('a gift', () => {
  it("is called by the community's own word, in the reader's language", () => {
    const name = { tr: 'Ayran', en: 'Cold yoghurt drink' };
    expect(inBoth(() => useGiftName()({ key: 'tea', name }))).toEqual(['Cold yoghurt drink', 'Ayran']);
    expect(inBoth(() => useGiftName()({ key: 'tea' }))).toEqual(['Glass of tea', 'Bir bardak çay']);
    expect(inBoth(() => useGiftName()({ key: 'comet' }))).toEqual(['Gift', 'Hediye']);
  });
});

describe('a membership', () => {
  const premium = (subscription: Partial<Subscription> | null): Premium => ({
    plans: [],
    entitlements: { premium: false, matches_per_day: null, sees_likes: false, no_ads: false },
    subscription: subscription && {
      id: '0',
      plan_id: 'p',
      status: 'active',
      renews: true,
      provider: 'local',
      created_at: '2026-11-01T12:00:00Z',
      period_ends_at: '2026-12-01T12:00:00Z',
      ...subscription,
    },
  });
  const say = (subscription: Partial<Subscription> | null) => inBoth(() => useMembershipWords()(premium(subscription)));

  it('says what happens at the end of the time that is paid', () => {
    expect(say({})[0].words).toBe('It renews on December 1, 2026, until you cancel.');
    expect(say({ provider: null })[0].words).toContain('with your coins');
    expect(say({ renews: false })[0].title).toBe('You are a member until December 1, 2026');
    expect(say({ status: 'cancelled', renews: false })[1].title).toContain('1 Aralık 2026');
    expect(say({ status: 'expired' })[0].words).toContain('ended on December 1, 2026');
    expect(say(null)[0].title).toBe('You are not a member');
  });

  it('says in the days of grace what would help', () => {
    const grace = { status: 'grace', grace_ends_at: '2026-12-04T12:00:00Z' } as const;
    expect(say(grace)[0].words).toMatch(/card/);
    expect(say({ ...grace, provider: null })[0].words).toMatch(/coins/);
    expect(say(grace)[0].words).toContain('December 4');
  });
});

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

describe('the pay page', () => {
  it('is left for only while it can be paid there, and only by an address of the web', () => {
    const at = (checkout_url: string | null, status: 'pending' | 'paid' = 'pending') =>
      payPage({ status, checkout_url });
    expect(at('https://pay.example/1')).toBe('https://pay.example/1');
    expect(at('http://127.0.0.1:8000/pay/local/1')).not.toBeNull();
    expect(at('https://pay.example/1', 'paid')).toBeNull();
    expect(at('javascript:alert(1)')).toBeNull();
    expect(at(null)).toBeNull();
  });
});

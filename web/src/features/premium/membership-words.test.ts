// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import type { Premium, Subscription } from '../../kit/api/types';
import { inBoth } from '../../kit/testing/in-both';
import { useMembershipWords } from './membership-words';

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

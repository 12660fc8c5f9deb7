// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import type { Notification } from '../../kit/api/types';
import { inBoth } from '../../kit/testing/in-both';
import { useBanReason } from '../accounts';
import { useNotificationWords } from './NotificationsPage';

const news = (code: string, data: Record<string, unknown>): Notification => ({
  id: '0',
  type: 'system',
  code,
  data,
  created_at: '2026-11-21T12:00:00Z',
});

describe('why somebody was shut out', () => {
  it('is worded for every reason, in both languages', () => {
    const reasons = ['reports', 'harassment', 'sexual_content', 'underage', 'spam', 'threat', 'other', undefined];
    const [english, turkish] = inBoth(() => {
      const why = useBanReason();
      return reasons.map(why);
    });
    expect(new Set([...english, ...turkish]).size).toBe(2 * reasons.length);
    expect(english).not.toContain('sexual_content');
  });
});

describe('news in words', () => {
  const say = (code: string, data: Record<string, unknown>) => inBoth(() => useNotificationWords()(news(code, data)));

  it('tell why and until when an account was closed', () => {
    const [english, turkish] = say('banned', { reason: 'spam', until: '2026-11-23T09:00:00Z' });
    expect(english.title).toContain('23');
    expect(english.words).toBe('Advertising or fraud.');
    expect(turkish.words).toBe('Reklam ya da dolandırıcılık.');
    expect(say('banned', { reason: 'other', until: null })[0].title).toBe('This account was closed');
  });

  it('tell until when nobody new is met, and that it is over', () => {
    const [english, turkish] = say('matching_suspended', { until: '2026-11-23T09:00:00Z' });
    expect(english.title).toContain('23');
    expect(turkish.title).toContain('tanışamazsın');
    expect(say('matching_resumed', {})[0].title).toBe('You can meet people again');
    expect(say('reports_wait', { until: '2026-11-23T09:00:00Z' })[0].words).toContain('23');
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

import { setupI18n } from '@lingui/core';
import { describe, expect, it } from 'vitest';
import { messages as en } from '../../locales/en.po';
import { messages as tr } from '../../locales/tr.po';
import { NoAnswer, Refused } from './errors';
import { wordsFor } from './words';

const english = setupI18n({ locale: 'en', messages: { en } });
const turkish = setupI18n({ locale: 'tr', messages: { tr } });

describe('words for what was refused', () => {
  it('say how many tries are left', () => {
    const wrong = new Refused('otp_wrong', 409, { attempts_left: 2 });
    expect(wordsFor(wrong, english)).toContain('Tries left: 2');
    expect(wordsFor(wrong, turkish)).toContain('Kalan deneme: 2');
  });

  it('say how long to wait', () => {
    expect(wordsFor(new Refused('slow_down', 429, { retry_after: 41.2 }), english)).toContain('42 seconds');
  });

  it('ask for what the community wants proved', () => {
    const needed = (wanted: string) => wordsFor(new Refused('verification_needed', 403, { wanted }), english);
    expect(needed('phone')).not.toContain('e-mail');
    expect(needed('any')).toContain('e-mail');
  });

  it('say how many coins are missing, as each language writes numbers', () => {
    const low = new Refused('balance_too_low', 409, { balance: 12, needed: 1500 });
    expect(wordsFor(low, english)).toContain('1,488 are missing');
    expect(wordsFor(low, turkish)).toContain('1.488 eksik');
  });

  it('do not blame and do not leave one alone, whatever the code', () => {
    for (const i18n of [english, turkish]) {
      const unknown = wordsFor(new Refused('something_new', 409, {}), i18n);
      expect(unknown).toContain('something_new');
      expect(wordsFor(new NoAnswer(null), i18n)).not.toBe('');
      expect(wordsFor(new Refused('internal_error', 500, {}), i18n)).toBe(wordsFor(new Refused('x', 503, {}), i18n));
    }
  });

  it('differ between the two languages for every code we know', () => {
    const codes = [
      'otp_expired',
      'phone_taken',
      'weak_password',
      'login_failed',
      'already_matched',
      'too_young',
      'not_found',
      'header_missing',
      'verification_needed',
      'password_wrong',
      'balance_too_low',
      'debt_blocks',
      'earnings_pending',
      'wallet_frozen',
      'idempotency_key_reused',
      'already_earned',
      'no_provider',
      'staff_only',
      'already_decided',
      'matching_suspended',
      'report_case_decided',
      'ban_over',
      'outranked',
      'nothing_to_refund',
      'person_gone',
      'wallet_frozen_already',
      'difference_closed',
      'days_invalid',
      'refund_too_large',
      'payment_not_paid',
      'payment_not_open',
      'already_premium',
      'premium_on_its_way',
      'premium_in_store',
    ];
    for (const code of codes) {
      const refusal = new Refused(code, 409, {});
      expect(wordsFor(refusal, turkish)).not.toBe(wordsFor(refusal, english));
    }
  });
});

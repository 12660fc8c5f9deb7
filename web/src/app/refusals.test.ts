// @vitest-environment jsdom

import { describe, expect, it } from 'vitest';
import { NoAnswer, Refused } from '../kit/api/errors';
import { wordsFor } from '../kit/api/words';
import { TextI18n } from '../kit/i18n';
import { openRooms } from '../kit/room';
import { everyWord } from '../kit/testing/in-both';
import * as rooms from './rooms';

const english = new TextI18n({ locale: 'en', messages: { en: everyWord('en') } });
const turkish = new TextI18n({ locale: 'tr', messages: { tr: everyWord('tr') } });
const all = Object.values(rooms).map(({ room }) => room);
openRooms(Object.fromEntries(all.map(({ refusals }, at) => [at, { refusals }])));

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

  it('differ between the two languages for every code of every room', () => {
    const codes = all.flatMap(({ refusals = {} }) => Object.keys(refusals));
    expect(new Set(codes).size).toBe(codes.length); // a code belongs to one room
    const same = codes.filter((code) => {
      const refusal = new Refused(code, 409, {});
      return wordsFor(refusal, turkish) === wordsFor(refusal, english);
    });
    expect(same).toEqual([]);
  });
});

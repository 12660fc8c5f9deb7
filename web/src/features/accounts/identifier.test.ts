import { describe, expect, it } from 'vitest';
import { cleaned, fullNumber, kindOf, slugOf } from './identifier';

describe('what somebody typed to log in', () => {
  it.each([
    ['0532 123 45 67', 'phone'],
    ['+49 170 1234567', 'phone'],
    ['ada@example.com', 'email'],
    ['kediadam', 'username'],
    ['1815', 'username'],
  ])('%s is a %s', (text, kind) => expect(kindOf(text)).toBe(kind));

  it.each([
    ['0532 123 45 67', '+905321234567'],
    ['532 123 45 67', '+905321234567'],
    ['0049 170 1234567', '+491701234567'],
    ['+1 (212) 555-0100', '+12125550100'],
    ['90 532 123 45 67', '+905321234567'],
  ])('%s becomes %s', (text, number) => expect(fullNumber(text)).toBe(number));

  it('leaves names and addresses as they are', () => expect(cleaned(' ada@example.com ')).toBe('ada@example.com'));
});

describe('the address of a community', () => {
  it('is made of its name, Turkish letters too', () => {
    expect(slugOf('Işık Şehri Öğrencileri')).toBe('isik-sehri-ogrencileri');
    expect(slugOf('  Café & Çay  ')).toBe('cafe-cay');
  });
});

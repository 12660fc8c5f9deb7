import { describe, expect, it } from 'vitest';
import { cleaned, kindOf, slugOf } from './identifier';

describe('what somebody typed to log in', () => {
  it.each([
    ['0532 123 45 67', 'phone'],
    ['+49 170 1234567', 'phone'],
    ['ada@example.com', 'email'],
    ['kediadam', 'username'],
    ['1815', 'username'],
    ['٠٥٣٢ ١٢٣ ٤٥ ٦٧', 'phone'],
    ['tel:+905321234567', 'phone'],
    ['(0532) 123 45 67', 'phone'],
  ])('%s is a %s', (text, kind) => expect(kindOf(text)).toBe(kind));

  it.each([
    ['\u202a+90 532 123 45 67\u202c', '+90 532 123 45 67'],
    ['+90\u00a0532\u2011123', '+90 532-123'],
    ['＋９０ 532', '+90 532'],
    ['٠٥٣٢ ١٢٣', '0532 123'],
    ['tel:+90-532-123;phone-context=tr', '+90-532-123'],
    ['mailto:ada@example.com?subject=x', 'ada@example.com'],
    [' ada@example.com ', 'ada@example.com'],
    ['0532 123 45 67', '0532 123 45 67'],
  ])('pasted %s reads %s', (text, plain) => {
    expect(cleaned(text)).toBe(plain);
    expect(kindOf(text)).toBe(kindOf(plain));
  });
});

describe('the address of a community', () => {
  it('is made of its name, Turkish letters too', () => {
    expect(slugOf('Işık Şehri Öğrencileri')).toBe('isik-sehri-ogrencileri');
    expect(slugOf('  Café & Çay  ')).toBe('cafe-cay');
  });
});

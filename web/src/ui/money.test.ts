import { describe, expect, it } from 'vitest';
import { moneyText, readMoney } from './money';

describe('money', () => {
  it('is written as the reader writes it', () => {
    expect(moneyText('tr', 4999, 'TRY')).toBe('₺49,99');
    expect(moneyText('en', 119_999, 'TRY')).toBe('₺1,199.99');
    expect(moneyText('en', 500, 'JPY')).toBe('¥500');
  });

  it('is read as people type it', () => {
    expect(readMoney('49,99', 'TRY')).toBe(4999);
    expect(readMoney('1.249,9', 'TRY')).toBe(124_990);
    expect(readMoney(' 12 ', 'TRY')).toBe(1200);
    expect(readMoney('1,249', 'TRY')).toBe(124_900);
    expect(readMoney('500', 'JPY')).toBe(500);
  });

  it('is not guessed', () => {
    for (const text of ['', 'x', '-5', '1,2,3', '49,999 lira', '5.001,234', '99999999999999999999']) {
      expect(readMoney(text, 'TRY'), text).toBeNull();
    }
    expect(readMoney('5,5', 'JPY')).toBeNull();
  });
});

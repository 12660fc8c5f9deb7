import { describe, expect, it } from 'vitest';
import { amountText, moneyText, readMoney } from './money';

describe('money', () => {
  it('is written as the reader writes it', () => {
    expect(moneyText('tr', 4999, 'TRY')).toBe('₺49,99');
    expect(moneyText('en', 119_999, 'TRY')).toBe('₺1,199.99');
    expect(moneyText('en', 500, 'JPY')).toBe('¥500');
  });

  it('has the digits of ISO 4217, not those of the browser', () => {
    expect(moneyText('hu', 199_000, 'HUF').replaceAll(/\s/g, ' ')).toBe('1990,00 Ft');
    expect(moneyText('tr', 199_000, 'HUF').replaceAll(/\s/g, ' ')).toBe('Ft 1.990,00');
    expect(readMoney('1990', 'HUF')).toBe(199_000);
    expect(readMoney('1.990,00', 'HUF')).toBe(199_000);
    expect(moneyText('en', 1_500, 'IQD').replaceAll(/\s/g, ' ')).toBe('IQD 1.500');
    expect(moneyText('en', 500, 'UGX').replaceAll(/\s/g, ' ')).toBe('UGX 500');
  });

  it.each(['TRY', 'HUF', 'JPY', 'KWD', 'CLF'])('of %s is read as it is written in a field', (currency) => {
    for (const locale of ['tr', 'en']) {
      for (const amount of [1, 999, 1_250, 199_000, 1_234_567]) {
        expect(readMoney(amountText(locale, amount, currency), currency), `${amount}`).toBe(amount);
      }
    }
  });

  it('is read as people type it', () => {
    expect(readMoney('49,99', 'TRY')).toBe(4999);
    expect(readMoney('1.249,9', 'TRY')).toBe(124_990);
    expect(readMoney(' 12 ', 'TRY')).toBe(1200);
    expect(readMoney('1,249', 'TRY')).toBe(124_900);
    expect(readMoney('500', 'JPY')).toBe(500);
    expect(readMoney('4９,9٠', 'TRY')).toBe(4990);
    expect(readMoney('1,5', 'KWD')).toBe(1500);
  });

  it('is not guessed', () => {
    for (const text of ['', 'x', '-5', '1,2,3', '49,999 lira', '5.001,234', '99999999999999999999']) {
      expect(readMoney(text, 'TRY'), text).toBeNull();
    }
    expect(readMoney('5,5', 'JPY')).toBeNull();
    expect(readMoney('1,234', 'CLF'), 'one thousand or one and a bit').toBeNull();
  });
});

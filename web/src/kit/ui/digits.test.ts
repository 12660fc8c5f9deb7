import { expect, it } from 'vitest';
import { asciiDigits } from './digits';

it.each([
  ['0532 123', '0532 123'],
  ['０５３２', '0532'],
  ['٠٥٣٢', '0532'],
  ['۰۵۳۲', '0532'],
  ['१२३४५६७८९०', '1234567890'],
  ['４９，９０', '49,90'],
])('the digits of %s are %s', (text, digits) => expect(asciiDigits(text)).toBe(digits));

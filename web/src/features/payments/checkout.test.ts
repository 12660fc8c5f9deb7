// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { payPage } from './checkout';

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

// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NoAnswer, Refused } from './api/errors';
import { once } from './once';

beforeEach(() => sessionStorage.clear());
afterEach(() => vi.useRealTimers());

const intention = ['purchase', { package_id: 'p' }];
const fails = (error: unknown) => (key: string) => {
  seen.push(key);
  return Promise.reject(error);
};
const answers = (key: string) => {
  seen.push(key);
  return Promise.resolve('done');
};
let seen: string[];
beforeEach(() => {
  seen = [];
});

describe('one intention', () => {
  it('is sent again under its key until somebody answers', async () => {
    await expect(once(intention, fails(new NoAnswer(null)))).rejects.toThrow();
    await expect(once(intention, fails(new Refused('server_error', 502, {})))).rejects.toThrow();
    expect(await once(intention, answers)).toBe('done');
    expect(new Set(seen).size).toBe(1);
  });

  it('is another one once it was answered, also with a no', async () => {
    await once(intention, answers);
    await expect(once(intention, fails(new Refused('balance_too_low', 409, {})))).rejects.toThrow();
    await once(intention, answers);
    expect(new Set(seen).size).toBe(3);
  });

  it('is what it says: anything else has a key of its own', async () => {
    await expect(once(intention, fails(new NoAnswer(null)))).rejects.toThrow();
    await once(['purchase', { package_id: 'q' }], answers);
    expect(new Set(seen).size).toBe(2);
  });

  it('shares its key with a second click that comes before the answer', async () => {
    const first = once(intention, answers);
    await Promise.all([first, once(intention, answers)]);
    expect(new Set(seen).size).toBe(1);
  });

  it('is forgotten when nobody came back to it for long, and when the browser kept nonsense', async () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date'] });
    await expect(once(intention, fails(new NoAnswer(null)))).rejects.toThrow();
    vi.setSystemTime(31 * 60_000);
    await expect(once(intention, fails(new NoAnswer(null)))).rejects.toThrow();
    for (let index = 0; index < sessionStorage.length; index += 1)
      sessionStorage.setItem(sessionStorage.key(index) ?? '', '{');
    await once(intention, answers);
    expect(new Set(seen).size).toBe(3);
  });

  it('has a key that the server takes', async () => {
    await once(intention, answers);
    expect(seen[0]).toMatch(/^[\x21-\x7e]{1,64}$/);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { elapsedSince, knowsServerTime, learnServerTime, mark, serverNow } from './clock';

const NOON = Date.parse('2026-05-01T12:00:00Z');
const answerAt = (time: number) => new Response(null, { headers: { 'X-Meydan-Time': String(time) } });

beforeEach(() => void vi.useFakeTimers({ now: NOON, toFake: ['Date', 'performance'] }));
afterEach(() => void vi.useRealTimers());

describe("the server's time", () => {
  it('is not known before an answer, and not from one that does not say it', () => {
    learnServerTime(new Response(null));
    expect(knowsServerTime()).toBe(false);
  });

  it('is that of the last answer and what went by since, whatever the person sets', () => {
    const day = 86_400_000;
    vi.setSystemTime(NOON + day);
    learnServerTime(answerAt(NOON));
    expect(knowsServerTime()).toBe(true);
    vi.advanceTimersByTime(1500);
    expect(serverNow()).toBe(NOON + 1500);
    vi.setSystemTime(NOON - 3 * day);
    expect(serverNow()).toBe(NOON + 1500);
  });
});

describe('what went by', () => {
  it('is the longer of two clocks: one is set, the other sleeps', () => {
    const before = mark();
    vi.advanceTimersByTime(1000);
    expect(elapsedSince(before)).toBe(1000);
    vi.setSystemTime(NOON - 60_000);
    expect(elapsedSince(before)).toBe(1000);
    vi.setSystemTime(NOON + 60_000);
    expect(elapsedSince(before)).toBe(60_000);
  });
});

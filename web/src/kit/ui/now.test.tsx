// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { learnServerTime } from '../clock';
import { useNow } from './now';

const NOON = Date.parse('2026-05-01T12:00:00Z');
const HOUR = 3_600_000;
const answerAt = (time: number) => new Response(null, { headers: { 'X-Meydan-Time': String(time) } });

beforeEach(() => void vi.useFakeTimers({ now: NOON }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function Clock({ name, everyMs = 30_000 }: { name: string; everyMs?: number }) {
  return <time data-testid={name}>{useNow(everyMs).toISOString()}</time>;
}
const shown = (name: string) => screen.getByTestId(name).textContent;

it('is corrected at once by an answer, and then goes on by the steady clock', () => {
  render(<Clock name="one" />);
  expect(shown('one')).toBe('2026-05-01T12:00:00.000Z');
  act(() => learnServerTime(answerAt(NOON + 30 * HOUR)));
  expect(shown('one')).toBe('2026-05-02T18:00:00.000Z');
  act(() => void vi.advanceTimersByTime(30_000));
  expect(shown('one')).toBe('2026-05-02T18:00:30.000Z');
});

it('is one time for all who look equally often, and no timer stays behind', () => {
  const { unmount } = render(<Clock name="one" everyMs={10_000} />);
  act(() => void vi.advanceTimersByTime(7000));
  render(<Clock name="two" everyMs={10_000} />);
  expect(shown('two')).toBe(shown('one'));
  expect(vi.getTimerCount()).toBe(1);
  unmount();
  cleanup();
  expect(vi.getTimerCount()).toBe(0);
});

it('was not kept while nobody looked', () => {
  render(<Clock name="one" everyMs={20_000} />);
  const before = Date.parse(shown('one') ?? '');
  cleanup();
  vi.advanceTimersByTime(5000);
  render(<Clock name="two" everyMs={20_000} />);
  expect(Date.parse(shown('two') ?? '') - before).toBe(5000);
});

import { expect, test } from 'vitest';
import { addDays, dayIn, readDay } from './days';

test('a day is read, and nothing else', () => {
  expect(readDay('2028-02-29')).toBe('2028-02-29');
  for (const other of ['2026-02-29', '2026-13-01', '0002-01-01', '2026-1-1', 'tomorrow', '', 20260101, null]) {
    expect(readDay(other), String(other)).toBeUndefined();
  }
});

test('days are counted by the calendar', () => {
  expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
});

test('a day begins earlier in the east', () => {
  const evening = new Date('2026-11-29T21:30:00Z');
  expect(dayIn('Europe/Istanbul', evening)).toBe('2026-11-30');
  expect(dayIn('America/New_York', evening)).toBe('2026-11-29');
  expect(dayIn('Nowhere/AtAll', evening)).toMatch(/^2026-11-(29|30)$/);
});

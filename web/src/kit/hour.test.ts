import { describe, expect, it } from 'vitest';
import { hourIn, skyAt } from './hour';

const at = (utc: string) => new Date(`${utc}Z`);

describe('the hour of a place', () => {
  it.each([
    ['Europe/Istanbul', '2026-01-15T21:30', 0],
    ['Europe/Istanbul', '2026-07-15T21:30', 0], // no summer time there
    ['Asia/Kathmandu', '2026-03-01T18:14', 23],
    ['Asia/Kathmandu', '2026-03-01T18:15', 0],
    ['Pacific/Kiritimati', '2026-03-01T10:00', 0],
    ['Pacific/Pago_Pago', '2026-03-01T10:59', 23],
  ])('in %s at %s UTC is %i', (timezone, utc, hour) => {
    expect(hourIn(timezone, at(utc))).toBe(hour);
  });

  it('jumps over the hour that spring takes, and has the one that autumn gives twice', () => {
    const berlin = (utc: string) => hourIn('Europe/Berlin', at(utc));
    expect([berlin('2026-03-29T00:59'), berlin('2026-03-29T01:00')]).toEqual([1, 3]);
    expect([berlin('2026-10-25T00:30'), berlin('2026-10-25T01:30'), berlin('2026-10-25T02:00')]).toEqual([2, 2, 3]);
    expect([berlin('2026-03-28T16:00'), berlin('2026-03-29T16:00')]).toEqual([17, 18]);
  });

  it('is the browser’s own where the place is unknown', () => {
    const when = at('2026-03-01T10:00');
    expect(hourIn('Mars/Olympus_Mons', when)).toBe(when.getHours());
    expect(hourIn(undefined, when)).toBe(when.getHours());
  });
});

it('has a sky for each hour', () => {
  const skies = Array.from({ length: 24 }, (_, hour) => skyAt(hour));
  expect(skies).toEqual([
    ...Array(5).fill('night'),
    ...Array(2).fill('dusk'),
    ...Array(10).fill('day'),
    ...Array(3).fill('dusk'),
    ...Array(4).fill('night'),
  ]);
});

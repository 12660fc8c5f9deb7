export type Sky = 'day' | 'dusk' | 'night';

/** The hour on the clocks of a place, from 0 to 23. A browser that does not know the place answers with its own hour. */
export function hourIn(timezone: string | undefined, when: Date): number {
  try {
    const clock = new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: timezone });
    return Number(clock.format(when));
  } catch {
    return when.getHours();
  }
}

/** Dawn looks like dusk. */
export function skyAt(hour: number): Sky {
  if (hour >= 7 && hour < 17) return 'day';
  if (hour >= 5 && hour < 20) return 'dusk';
  return 'night';
}

/** A day as it stands in addresses and date inputs: 2026-11-30. */
export type Day = string;

/** Such a day, or nothing for what is none. */
export function readDay(value: unknown): Day | undefined {
  if (typeof value !== 'string' || !/^[1-9]\d{3}-\d\d-\d\d$/.test(value)) return undefined;
  const then = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(then.getTime()) && then.toISOString().startsWith(value) ? value : undefined;
}

export function addDays(day: Day, days: number): Day {
  const then = new Date(`${day}T00:00:00Z`);
  then.setUTCDate(then.getUTCDate() + days);
  return then.toISOString().slice(0, 10);
}

/** The day on the calendars of a place. A browser that does not know the place answers with its own. */
export function dayIn(timezone: string | undefined, when: Date): Day {
  const format = (timeZone?: string) =>
    new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone }).format(when);
  try {
    return format(timezone);
  } catch {
    return format();
  }
}

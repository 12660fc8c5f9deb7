import { useQuery } from '@tanstack/react-query';
import { serverNow } from './clock';
import { configQuery } from './queries';
import { useNow } from './ui/time';

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

/** The hour in this community, by the server's clock. */
export function useHour(): number {
  const { data: config } = useQuery(configQuery);
  useNow(60_000); // looks again each minute; the first answer of the server is counted at once
  return hourIn(config?.tenant.timezone, new Date(serverNow()));
}

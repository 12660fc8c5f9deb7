import { useConfig } from './config';
import { hourIn } from './hour';
import { useNow } from './ui/now';

/** The hour in this community, by the server's clock. */
export function useHour(): number {
  const config = useConfig();
  return hourIn(config?.tenant.timezone, useNow(60_000));
}

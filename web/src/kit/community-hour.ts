import { useQuery } from '@tanstack/react-query';
import { hourIn } from './hour';
import { configQuery } from './queries';
import { useNow } from './ui/now';

/** The hour in this community, by the server's clock. */
export function useHour(): number {
  const { data: config } = useQuery(configQuery);
  return hourIn(config?.tenant.timezone, useNow(60_000));
}

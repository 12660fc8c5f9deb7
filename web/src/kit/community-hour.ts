import { useQuery } from '@tanstack/react-query';
import { serverNow } from './clock';
import { hourIn } from './hour';
import { configQuery } from './queries';
import { useNow } from './ui/time';

/** The hour in this community, by the server's clock. */
export function useHour(): number {
  const { data: config } = useQuery(configQuery);
  useNow(60_000); // looks again each minute; the first answer of the server is counted at once
  return hourIn(config?.tenant.timezone, new Date(serverNow()));
}

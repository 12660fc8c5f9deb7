import { Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { stateQuery } from './data';

/** On the page of premium: whether the person has the meetings already that a membership gives. */
export function MeetingsToday({ most }: { most: number }) {
  const { data: state } = useQuery(stateQuery);
  const now = state?.quotas.text.limit;
  if (now === undefined) return null;
  return now >= most ? <Trans>These lamps are lit for you on the square.</Trans> : <Trans>Today you have {now}.</Trans>;
}

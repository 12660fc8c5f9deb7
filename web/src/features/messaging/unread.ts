import { useQuery } from '@tanstack/react-query';
import { conversationsQuery } from './data';

/** How many messages wait in all talks: the number on the bar. */
export function useUnreadMessages(): number {
  const { data } = useQuery({
    ...conversationsQuery,
    select: ({ items }) => items.reduce((sum, { unread }) => sum + unread, 0),
  });
  return data ?? 0;
}

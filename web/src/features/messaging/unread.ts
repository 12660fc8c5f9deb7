import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../kit/api/client';
import { queryClient } from '../../kit/queries';

const KEY = ['unread-messages'];
/** Many messages in a row are one look at the server. */
const GATHER = 1500;

/** How many messages wait in all talks: the number on the bar. */
export function useUnreadMessages(): number {
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: () => answer(api.GET('/api/messages/conversations')),
    select: ({ items }) => items.reduce((sum, { unread }) => sum + unread, 0),
  });
  return data ?? 0;
}

let gathering: ReturnType<typeof setTimeout> | undefined;

/** Something came or was read: the number is asked for again in a moment. */
export function countAnew(): void {
  if (gathering !== undefined) return;
  gathering = setTimeout(() => {
    gathering = undefined;
    void queryClient.invalidateQueries({ queryKey: KEY });
  }, GATHER);
}

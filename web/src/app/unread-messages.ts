import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { answer, api } from '../kit/api/client';
import { onNews } from '../kit/realtime';

const KEY = ['unread-messages'];
/** Many messages in a row are one look at the server. */
const GATHER = 1500;

/** How many messages wait in all talks: the number on the bar. */
export function useUnreadMessages(): number {
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: () => answer(api.GET('/api/messages/conversations')),
    select: ({ items }) => items.reduce((sum, { unread }) => sum + unread, 0),
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onNews((frame) => {
      const counts = frame.t === 'message' || (frame.t === 'receipt' && frame.mine) || frame.t === 'match_ended';
      if (!counts || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: KEY });
      }, GATHER);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client]);
  return data ?? 0;
}

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import type { NotificationPage } from '../../kit/api/types';
import { queryClient } from '../../kit/queries';

export const notificationsQuery = infiniteQueryOptions({
  queryKey: ['notifications'],
  queryFn: ({ pageParam }) =>
    answer(api.GET('/api/notifications', { params: { query: pageParam ? { cursor: pageParam } : {} } })),
  initialPageParam: '',
  getNextPageParam: (page: NotificationPage) => page.next ?? undefined,
});

/** What is pushed to this person, when, and with which key a browser subscribes. */
export const pushQuery = queryOptions({
  queryKey: ['push'],
  queryFn: () => answer(api.GET('/api/notifications/push')),
});

export function useMarkRead() {
  return useAction({
    mutationFn: (up_to: string) => answer(api.PUT('/api/notifications/read', { body: { up_to } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['notifications'] }),
  });
}

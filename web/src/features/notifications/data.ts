import { infiniteQueryOptions, useMutation } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import type { NotificationPage } from '../../api/types';
import { queryClient } from '../../app/queries';

export const notificationsQuery = infiniteQueryOptions({
  queryKey: ['notifications'],
  queryFn: ({ pageParam }) =>
    answer(api.GET('/api/notifications', { params: { query: pageParam ? { cursor: pageParam } : {} } })),
  initialPageParam: '',
  getNextPageParam: (page: NotificationPage) => page.next ?? undefined,
});

export function useMarkRead() {
  return useMutation({
    mutationFn: (up_to: string) => answer(api.PUT('/api/notifications/read', { body: { up_to } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['notifications'] }),
  });
}

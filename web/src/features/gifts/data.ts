import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { changed, from, keyed, paged } from '../../kit/api/calls';
import { answer, api } from '../../kit/api/client';
import { once } from '../../kit/once';
import { keepWallet } from '../wallet';

export const giftsQuery = queryOptions({
  queryKey: ['gifts', 'catalogue'],
  queryFn: () => answer(api.GET('/api/gifts')),
  staleTime: 5 * 60_000,
});

/** What two faces gave each other, newest first. */
export const giftsWithQuery = (profile_id: string) =>
  queryOptions({
    queryKey: ['gifts', 'with', profile_id],
    queryFn: () => answer(api.GET('/api/gifts/with/{profile_id}', { params: { path: { profile_id } } })),
  });

export const giftsReceivedQuery = infiniteQueryOptions({
  queryKey: ['gifts', 'received'],
  queryFn: ({ pageParam }) => answer(api.GET('/api/gifts/received', from(pageParam))),
  ...paged,
});

export const giftsSentQuery = infiniteQueryOptions({
  queryKey: ['gifts', 'sent'],
  queryFn: ({ pageParam }) => answer(api.GET('/api/gifts/sent', from(pageParam))),
  ...paged,
});

export function useSendGift() {
  return useAction({
    mutationFn: (body: { gift_id: string; quantity: number; profile_id: string; note: string }) =>
      once(['gift', body], (key) => answer(api.POST('/api/gifts/send', { params: keyed(key), body }))),
    onSuccess: ({ wallet, profile_id }) => {
      keepWallet(wallet);
      changed(['gifts', 'with', profile_id], ['gifts', 'sent']);
    },
    onError: () => changed(['wallet'], ['gifts', 'catalogue']),
  });
}

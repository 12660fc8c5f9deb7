import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { changed, from, keyed, paged } from '../../kit/api/calls';
import { answer, api } from '../../kit/api/client';
import type { Wallet } from '../../kit/api/types';
import { once } from '../../kit/once';
import { queryClient } from '../../kit/queries';

/** The wallet as a change has left it. */
export const keepWallet = (wallet: Wallet) => {
  queryClient.setQueryData(walletQuery.queryKey, wallet);
  changed(['wallet', 'history'], ['wallet', 'earnings']);
};

export const walletQuery = queryOptions({
  queryKey: ['wallet', 'balance'],
  queryFn: () => answer(api.GET('/api/coins/balance')),
});

export const earningQuery = queryOptions({
  queryKey: ['wallet', 'earning'],
  queryFn: () => answer(api.GET('/api/coins/earn')),
});

export const earningsQuery = queryOptions({
  queryKey: ['wallet', 'earnings'],
  queryFn: () => answer(api.GET('/api/coins/earnings')),
});

export const movementsQuery = infiniteQueryOptions({
  queryKey: ['wallet', 'history'],
  queryFn: ({ pageParam }) => answer(api.GET('/api/coins/history', from(pageParam))),
  ...paged,
});

export function useEarn() {
  return useAction({
    mutationFn: () => answer(api.POST('/api/coins/earn', { body: { source: 'daily' } })),
    onSuccess: ({ wallet }) => keepWallet(wallet),
    onSettled: () => changed(['wallet', 'earning']),
  });
}

export function useConvert() {
  return useAction({
    mutationFn: (amount: number) =>
      once(['convert', amount], (key) =>
        answer(api.POST('/api/coins/convert', { params: keyed(key), body: { amount } })),
      ),
    onSettled: () => changed(['wallet']),
  });
}

export const coinOffersQuery = queryOptions({
  queryKey: ['shop', 'offers'],
  queryFn: () => answer(api.GET('/api/coins/offers')),
  staleTime: 5 * 60_000,
});

/** Coins for one more meeting today. */
export function useBuyMeeting() {
  return useAction({
    mutationFn: (quantity: number) =>
      once(['spend', 'meeting', quantity], (key) =>
        answer(api.POST('/api/coins/spend', { params: keyed(key), body: { item: 'meeting', quantity } })),
      ),
    onSuccess: ({ wallet }) => keepWallet(wallet),
    onSettled: () => changed(['wallet'], ['match'], ['shop', 'offers']),
  });
}

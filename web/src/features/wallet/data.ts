import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import type { Payment, Subscription, Wallet } from '../../api/types';
import { useAction } from '../../app/action';
import { queryClient } from '../../app/queries';
import { once } from './once';

type Provider = Payment['provider'];
type Cursor = { params: { query: { cursor?: string } } };
const from = (cursor: string): Cursor => ({ params: { query: cursor ? { cursor } : {} } });
const paged = { initialPageParam: '', getNextPageParam: (page: { next?: string | null }) => page.next ?? undefined };
const keyed = (key: string) => ({ header: { 'Idempotency-Key': key } });

const changed = (...keys: string[][]) => {
  for (const queryKey of keys) void queryClient.invalidateQueries({ queryKey });
};
const keepWallet = (wallet: Wallet) => {
  queryClient.setQueryData(walletQuery.queryKey, wallet);
  changed(['wallet', 'history'], ['wallet', 'earnings']);
};

// -- coins ---------------------------------------------------------------------------------------------------------------

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

// -- purchases -----------------------------------------------------------------------------------------------------------

export const packagesQuery = queryOptions({
  queryKey: ['shop', 'packages'],
  queryFn: () => answer(api.GET('/api/coins/packages')),
});

/** Where a browser can pay here, the community's own choice first. */
export const placesQuery = queryOptions({
  queryKey: ['shop', 'places'],
  queryFn: () => answer(api.GET('/api/payments/providers')),
  staleTime: 5 * 60_000,
});

export const paymentsQuery = infiniteQueryOptions({
  queryKey: ['payments', 'list'],
  queryFn: ({ pageParam }) => answer(api.GET('/api/payments', from(pageParam))),
  ...paged,
});

/** Nothing is decided yet: the provider has not said anything final. */
export const isOpen = ({ status }: Pick<Payment, 'status'>) => status === 'created' || status === 'pending';

/** The socket tells at once; this is for the moments when it cannot, less often once it has taken long. */
const LOOK_AGAIN = 2500;
const LATER = 20_000;
const OFTEN = 15;

export const paymentQuery = (payment_id: string) =>
  queryOptions({
    queryKey: ['payments', 'one', payment_id],
    queryFn: () => answer(api.GET('/api/payments/{payment_id}', { params: { path: { payment_id } } })),
    refetchInterval: ({ state }) =>
      state.data && isOpen(state.data) ? (state.dataUpdateCount < OFTEN ? LOOK_AGAIN : LATER) : false,
  });

const keepPayment = (payment: Payment) => {
  queryClient.setQueryData(paymentQuery(payment.id).queryKey, payment);
  changed(['payments', 'list']);
};

export function usePurchase() {
  return useAction({
    mutationFn: (body: { package_id: string; provider?: Provider }) =>
      once(['purchase', body], (key) => answer(api.POST('/api/coins/purchase', { params: keyed(key), body }))),
    onSuccess: keepPayment,
  });
}

/** Asks the server to ask the provider: the person may be back before its news. */
export function useCheck() {
  return useAction({
    mutationFn: (payment_id: string) =>
      answer(api.POST('/api/payments/{payment_id}/check', { params: { path: { payment_id } } })),
    // The answer is from before the check, and may come after its news: it is asked for anew instead of kept.
    onSettled: () => changed(['payments']),
  });
}

// -- premium -------------------------------------------------------------------------------------------------------------

export const premiumQuery = queryOptions({
  queryKey: ['premium'],
  queryFn: () => answer(api.GET('/api/premium')),
});

const keepSubscription = (subscription: Subscription) => {
  queryClient.setQueryData(premiumQuery.queryKey, (premium) => premium && { ...premium, subscription });
  changed(['premium'], ['match']);
};

export function useSubscribe() {
  return useAction({
    mutationFn: (body: { plan_id: string; pay_with: 'money' | 'coins'; provider?: Provider }) =>
      once(['subscribe', body], (key) => answer(api.POST('/api/premium/subscribe', { params: keyed(key), body }))),
    onSuccess: ({ subscription, payment }) => {
      if (subscription) keepSubscription(subscription);
      if (payment) keepPayment(payment);
    },
    onSettled: () => changed(['premium'], ['wallet']),
  });
}

export function useCancelPremium() {
  return useAction({
    mutationFn: () => answer(api.POST('/api/premium/cancel')),
    onSuccess: keepSubscription,
    onError: () => changed(['premium']),
  });
}

export function useResumePremium() {
  return useAction({
    mutationFn: () => answer(api.POST('/api/premium/resume')),
    onSuccess: keepSubscription,
    onError: () => changed(['premium']),
  });
}

// -- gifts ---------------------------------------------------------------------------------------------------------------

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

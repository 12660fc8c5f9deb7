import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { changed, from, keyed, paged } from '../../kit/api/calls';
import { answer, api } from '../../kit/api/client';
import type { Payment } from '../../kit/api/types';
import { once } from '../../kit/once';
import { queryClient } from '../../kit/queries';

export type Provider = Payment['provider'];

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

export const keepPayment = (payment: Payment) => {
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

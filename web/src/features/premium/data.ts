import { queryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { changed, keyed } from '../../kit/api/calls';
import { answer, api } from '../../kit/api/client';
import type { Subscription } from '../../kit/api/types';
import { once } from '../../kit/once';
import { queryClient } from '../../kit/queries';
import { keepPayment, type Provider } from '../payments';

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

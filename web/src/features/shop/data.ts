import { queryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import type { components } from '../../kit/api/schema';
import { queryClient } from '../../kit/queries';

type Schemas = components['schemas'];

export const packagesQuery = queryOptions({
  queryKey: ['staff', 'packages'],
  queryFn: () => answer(api.GET('/api/staff/packages')),
});

export const plansQuery = queryOptions({
  queryKey: ['staff', 'plans'],
  queryFn: () => answer(api.GET('/api/staff/plans')),
});

export const giftsQuery = queryOptions({
  queryKey: ['staff', 'gifts'],
  queryFn: () => answer(api.GET('/api/staff/gifts')),
});

export const providersQuery = queryOptions({
  queryKey: ['staff', 'providers'],
  queryFn: () => answer(api.GET('/api/staff/providers')),
});

/** The member's pages show the same things for sale. */
const shopChanged = () => {
  for (const key of ['staff', 'shop', 'premium', 'gifts']) void queryClient.invalidateQueries({ queryKey: [key] });
};

/** A new one without an id; else what is said of it is replaced. */
export function usePutPackage() {
  return useAction({
    mutationFn: ({ id, wish }: { id: string | null; wish: Schemas['PutPackageRequest'] }) =>
      id
        ? answer(api.PUT('/api/staff/packages/{package_id}', { params: { path: { package_id: id } }, body: wish }))
        : answer(api.POST('/api/staff/packages', { body: wish })),
    onSettled: shopChanged,
  });
}

export function usePutPlan() {
  return useAction({
    mutationFn: ({ id, wish }: { id: string | null; wish: Schemas['PutPlanRequest'] }) =>
      id
        ? answer(api.PUT('/api/staff/plans/{plan_id}', { params: { path: { plan_id: id } }, body: wish }))
        : answer(api.POST('/api/staff/plans', { body: wish })),
    onSettled: shopChanged,
  });
}

export function useChangeGift() {
  return useAction({
    mutationFn: ({ id, change }: { id: string; change: Schemas['ChangeGiftRequest'] }) =>
      answer(api.PUT('/api/staff/gifts/{gift_id}', { params: { path: { gift_id: id } }, body: change })),
    onSettled: shopChanged,
  });
}

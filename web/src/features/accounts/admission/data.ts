import { queryOptions } from '@tanstack/react-query';
import { useAction } from '../../../kit/action';
import { answer, api } from '../../../kit/api/client';
import type { components } from '../../../kit/api/schema';
import { staffChanged } from '../../../kit/staff';

type Schemas = components['schemas'];

export type WaitingCommunity = Schemas['WaitingCommunity'];
export type BurdenKind = Schemas['BurdenKind'];

export const waitingCommunitiesQuery = queryOptions({
  queryKey: ['staff', 'communities'],
  queryFn: () => answer(api.GET('/api/staff/communities')),
});

export function useDecideCommunity(slug: string) {
  return useAction({
    mutationFn: (body: Schemas['DecideFoundingRequest']) =>
      answer(api.POST('/api/staff/communities/{slug}/decide', { params: { path: { slug } }, body })),
    onSettled: staffChanged,
  });
}

/** Not a query: each look is counted and logged, so none happens by itself. */
export function useLookUpContact() {
  return useAction({
    mutationFn: (contact: string) => answer(api.POST('/api/staff/contacts/look-up', { body: { contact } })),
  });
}

export function useReleaseContact() {
  return useAction({
    mutationFn: (body: Schemas['ReleaseContactRequest']) => answer(api.POST('/api/staff/contacts/release', { body })),
    onSettled: staffChanged,
  });
}

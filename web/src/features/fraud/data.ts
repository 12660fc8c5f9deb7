import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import type { components } from '../../kit/api/schema';
import { queryClient } from '../../kit/queries';
import { staffChanged } from '../../kit/staff';

type Schemas = components['schemas'];

export type FraudCase = Schemas['Case'];
export type Finding = Schemas['Finding'];
export type CaseStatus = Schemas['CaseStatus'];
export type Choice = Schemas['Choice'];
export type FraudRules = Schemas['FraudRules'];

export const casesQuery = (status: CaseStatus) =>
  infiniteQueryOptions({
    queryKey: ['staff', 'fraud', status],
    queryFn: ({ pageParam }) =>
      answer(api.GET('/api/staff/fraud', { params: { query: { status, ...(pageParam && { cursor: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });

export function useDecide(case_id: string) {
  return useAction({
    mutationFn: (body: { decision: Choice; note: string }) =>
      answer(api.POST('/api/staff/fraud/{case_id}/decide', { params: { path: { case_id } }, body })),
    onSettled: staffChanged,
  });
}

export const rulesQuery = queryOptions({
  queryKey: ['staff', 'fraud', 'rules'],
  queryFn: () => answer(api.GET('/api/staff/fraud/rules')),
});

export function useChangeRules() {
  return useAction({
    mutationFn: (changes: FraudRules['settings']) => answer(api.PUT('/api/staff/fraud/rules', { body: { changes } })),
    onSuccess: (rules) => queryClient.setQueryData(rulesQuery.queryKey, rules),
  });
}

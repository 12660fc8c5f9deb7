import { infiniteQueryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import type { components } from '../../kit/api/schema';
import { staffChanged } from '../../kit/staff';

type Schemas = components['schemas'];

export type ReportCase = Schemas['ReportCase'];
export type ReportQueue = Schemas['CaseQueue'];
export type Decision = Schemas['DecideReportCaseRequest'];
export type PersonBan = Schemas['PersonBan'];

export const reportCasesQuery = (queue: ReportQueue) =>
  infiniteQueryOptions({
    queryKey: ['staff', 'reports', queue],
    queryFn: ({ pageParam }) =>
      answer(api.GET('/api/staff/reports', { params: { query: { queue, ...(pageParam && { cursor: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });

export function useDecideReportCase(case_id: string) {
  return useAction({
    mutationFn: (body: Decision) =>
      answer(api.POST('/api/staff/reports/{case_id}/decide', { params: { path: { case_id } }, body })),
    onSettled: staffChanged,
  });
}

export function useLiftBan(ban_id: string) {
  return useAction({
    mutationFn: (reason: string) =>
      answer(api.POST('/api/staff/bans/{ban_id}/lift', { params: { path: { ban_id } }, body: { reason } })),
    onSettled: staffChanged,
  });
}

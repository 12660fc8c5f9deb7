import { queryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import type { components } from '../../kit/api/schema';
import { staffChanged } from '../../kit/staff';

type Schemas = components['schemas'];

export type Difference = Schemas['Difference'];
export type ReconciliationRun = Schemas['Run'];

export const reconciliationQuery = queryOptions({
  queryKey: ['staff', 'reconciliation'],
  queryFn: () => answer(api.GET('/api/staff/reconciliation')),
});

export function useReconcile() {
  return useAction({
    mutationFn: () => answer(api.POST('/api/staff/reconciliation/run')),
    // It runs in the worker: look again when it is likely to be through.
    onSuccess: () => void setTimeout(staffChanged, 2500),
  });
}

export function useExplain() {
  return useAction({
    mutationFn: ({ id, note }: { id: string; note: string }) =>
      answer(
        api.PUT('/api/staff/reconciliation/differences/{difference_id}', {
          params: { path: { difference_id: id } },
          body: { note },
        }),
      ),
    onSettled: staffChanged,
  });
}

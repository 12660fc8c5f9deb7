import { queryOptions } from '@tanstack/react-query';
import { useAction } from '../../../kit/action';
import { answer, api } from '../../../kit/api/client';
import { queryClient, secondFactorQuery } from '../../../kit/queries';
import { staffChanged } from '../../../kit/staff';

export const staffQuery = queryOptions({
  queryKey: ['staff', 'second-factors'],
  queryFn: () => answer(api.GET('/api/staff/second-factors')),
});

/** The frame is asked first: whoever has just required what they lack is led to set it up. */
export function useRequireSecondFactor() {
  return useAction({
    mutationFn: (is_required: boolean) => answer(api.PUT('/api/staff/second-factors', { body: { is_required } })),
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: secondFactorQuery.queryKey });
      void queryClient.invalidateQueries({ queryKey: staffQuery.queryKey });
    },
  });
}

export const secondFactorOfQuery = (user_id: string) =>
  queryOptions({
    queryKey: ['staff', 'second-factor', user_id],
    queryFn: () => answer(api.GET('/api/staff/people/{user_id}/second-factor', { params: { path: { user_id } } })),
  });

export function useRemoveSecondFactor(user_id: string) {
  return useAction({
    mutationFn: (reason: string) =>
      answer(
        api.POST('/api/staff/people/{user_id}/second-factor/remove', {
          params: { path: { user_id } },
          body: { reason },
        }),
      ),
    onSettled: staffChanged,
  });
}

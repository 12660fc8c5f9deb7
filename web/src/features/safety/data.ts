import { infiniteQueryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import type { BlockPage, BlockScope, ReportReason } from '../../kit/api/types';
import { queryClient } from '../../kit/queries';

export const blocksQuery = infiniteQueryOptions({
  queryKey: ['blocks'],
  queryFn: ({ pageParam }) =>
    answer(api.GET('/api/blocks', { params: { query: pageParam ? { cursor: pageParam } : {} } })),
  initialPageParam: '',
  getNextPageParam: (page: BlockPage) => page.next ?? undefined,
});

const changed = () => {
  void queryClient.invalidateQueries({ queryKey: ['blocks'] });
  void queryClient.invalidateQueries({ queryKey: ['match'] });
  void queryClient.invalidateQueries({ queryKey: ['conversations'] });
};

export function useBlock() {
  return useAction({
    mutationFn: (body: { profile_id: string; scope: BlockScope }) => answer(api.POST('/api/blocks', { body })),
    onSuccess: changed,
  });
}

export function useUnblock() {
  return useAction({
    mutationFn: (block_id: string) => answer(api.DELETE('/api/blocks/{block_id}', { params: { path: { block_id } } })),
    onSettled: changed,
  });
}

export function useReport() {
  return useAction({
    mutationFn: (body: { profile_id: string; reason: ReportReason; text: string; match_id?: string }) =>
      answer(api.POST('/api/reports', { body })),
  });
}

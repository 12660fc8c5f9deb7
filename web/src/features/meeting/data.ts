import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import type { ClaimPage, Criteria, MatchPage, MeetingState } from '../../kit/api/types';
import { queryClient } from '../../kit/queries';
import { keptInTab } from '../../kit/storage';
import { randomUuid } from '../../kit/uuid';
import { useCriteria } from './criteria';

const STATE = ['match', 'state'];
/** The socket tells at once; this is for the moments when it cannot. */
const LOOK_AGAIN = 10_000;

export const stateQuery = queryOptions({
  queryKey: STATE,
  queryFn: () => answer(api.GET('/api/match/state')),
  refetchInterval: ({ state: { data } }) => (data?.ticket || data?.suspended_until ? LOOK_AGAIN : false),
});

function keep(state: MeetingState): void {
  queryClient.setQueryData(STATE, state);
}

function historyChanged(): void {
  void queryClient.invalidateQueries({ queryKey: ['match', 'history'] });
}

const TICKET = 'meydan.ticket';

/** The id of the ticket we are asking for: kept until there is an answer, so that asking again is the same ask. */
function ticketId(): string {
  const asked = keptInTab.getItem(TICKET);
  if (asked) return asked;
  const made = randomUuid();
  keptInTab.setItem(TICKET, made);
  return made;
}

export function useJoin() {
  return useAction({
    mutationFn: (criteria: Criteria) =>
      answer(api.POST('/api/match/join', { body: { type: 'text', ticket_id: ticketId(), criteria } })),
    onSuccess: (state) => {
      keptInTab.removeItem(TICKET);
      keep(state);
    },
    onError: () => queryClient.invalidateQueries({ queryKey: STATE }),
  });
}

export function useRelaxCriteria() {
  return useAction({ mutationFn: () => answer(api.POST('/api/match/relax-criteria')), onSuccess: keep });
}

/** Gives the ticket back, or leaves the talk. */
export function useLeave() {
  return useAction({
    mutationFn: (match_id?: string) =>
      answer(api.POST('/api/match/leave', { body: match_id === undefined ? {} : { match_id } })),
    onSuccess: (state) => {
      keptInTab.removeItem(TICKET);
      keep(state);
      historyChanged();
    },
  });
}

/** Leaves the talk and asks for the next stranger, in one step. */
export function useNext() {
  return useAction({
    mutationFn: (match_id: string) =>
      answer(
        api.POST('/api/match/next', {
          body: { match_id, ticket_id: ticketId(), criteria: useCriteria.getState().criteria },
        }),
      ),
    onSuccess: (state) => {
      keptInTab.removeItem(TICKET);
      keep(state);
      historyChanged();
    },
  });
}

export const historyQuery = infiniteQueryOptions({
  queryKey: ['match', 'history'],
  queryFn: ({ pageParam }) =>
    answer(
      api.GET('/api/match/history', { params: { query: { limit: 20, ...(pageParam ? { cursor: pageParam } : {}) } } }),
    ),
  initialPageParam: '',
  getNextPageParam: (page: MatchPage) => page.next ?? undefined,
});

export const claimsQuery = infiniteQueryOptions({
  queryKey: ['claims'],
  queryFn: ({ pageParam }) =>
    answer(api.GET('/api/match/claims', { params: { query: pageParam ? { cursor: pageParam } : {} } })),
  initialPageParam: '',
  getNextPageParam: (page: ClaimPage) => page.next ?? undefined,
});

export function useClaim() {
  return useAction({
    mutationFn: (match_id: string) =>
      answer(api.POST('/api/match/{match_id}/claim', { params: { path: { match_id } } })),
    onSettled: () => {
      historyChanged();
      void queryClient.invalidateQueries({ queryKey: ['claims'] });
    },
  });
}

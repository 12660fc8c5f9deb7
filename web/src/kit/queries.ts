import { QueryClient, queryOptions } from '@tanstack/react-query';
import { answer, api } from './api/client';
import { isRefusal, Refused } from './api/errors';
import { forgetTenant } from './api/session';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // The browser's own idea of being online says nothing of a square on the same machine or in the same house; and what
      // was pressed without a network fails at once, so that nobody's money moves by itself minutes later.
      networkMode: 'always',
      refetchOnReconnect: true,
      // The server's no is final; no answer is asked for again, a little later each time.
      retry: (count, error) => count < 3 && !(error instanceof Refused && error.status < 500),
      retryDelay: (attempt) => Math.min(8000, 600 * 2 ** attempt),
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});

/** One's second factor, and whether this session was opened with it. */
export const secondFactorQuery = queryOptions({
  queryKey: ['second-factor'],
  queryFn: () => answer(api.GET('/api/auth/second-factor')),
});

/** Where we are: the community, and where its gateway listens. */
export const configQuery = queryOptions({
  queryKey: ['config'],
  queryFn: async () => {
    try {
      return await answer(api.GET('/api/config'));
    } catch (error) {
      if (!isRefusal(error, 'unknown_tenant')) throw error;
      forgetTenant();
      return answer(api.GET('/api/config'));
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
});

import { queryClient } from '../queries';

type Cursor = { params: { query: { cursor?: string } } };

/** The next page of a list, by the cursor that the page before named. */
export const from = (cursor: string): Cursor => ({ params: { query: cursor ? { cursor } : {} } });

export const paged = {
  initialPageParam: '',
  getNextPageParam: (page: { next?: string | null }) => page.next ?? undefined,
};

/** The header by which the server knows the same wish again. */
export const keyed = (key: string) => ({ header: { 'Idempotency-Key': key } });

/** Asks anew for what is shown of these. */
export const changed = (...keys: string[][]) => {
  for (const queryKey of keys) void queryClient.invalidateQueries({ queryKey });
};

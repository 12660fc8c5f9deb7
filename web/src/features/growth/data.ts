import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../kit/api/client';

/** The link by which friends come, and how many came. */
export const inviteQuery = queryOptions({
  queryKey: ['invite'],
  queryFn: () => answer(api.GET('/api/growth/invite')),
});

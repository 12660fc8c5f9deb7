import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ListSkeleton } from './Skeleton';
import { ErrorState } from './States';

/** What a query brought, its bones before that, and the way to ask again when it failed. */
export function Loaded<Data>({
  query,
  children,
  rows = 5,
}: {
  query: Pick<UseQueryResult<Data>, 'data' | 'isError' | 'refetch'>;
  children: (data: Data) => ReactNode;
  rows?: number;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ErrorState onRetry={() => void query.refetch()} />;
  return <ListSkeleton rows={rows} />;
}

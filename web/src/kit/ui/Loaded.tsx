import type { ReactNode } from 'react';
import { ListSkeleton } from './Skeleton';
import { ErrorState } from './States';

/** What a query says of itself while it is asked. */
export interface Asked<Data> {
  data: Data | undefined;
  isError: boolean;
  refetch: () => unknown;
}

export interface LoadedProps {
  /** The rows of a list that stand for what is still coming. */
  rows?: number;
  /** Stands in place of these rows where the layout is another. */
  skeleton?: ReactNode;
  /** What is kept, and what to do, where the usual words say too little. */
  fault?: ReactNode;
}

/** What a query brought, its bones before that, and the way to ask again when it failed. A later failure takes nothing away. */
export function Loaded<Data>({
  query,
  children,
  rows = 5,
  skeleton = <ListSkeleton rows={rows} />,
  fault,
}: LoadedProps & { query: Asked<Data>; children: (data: Data) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ErrorState onRetry={() => void query.refetch()}>{fault}</ErrorState>;
  return skeleton;
}

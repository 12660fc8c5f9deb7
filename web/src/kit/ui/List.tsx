import type { ReactNode } from 'react';
import { type Asked, Loaded, type LoadedProps } from './Loaded';
import { MoreButton, type Paged } from './MoreButton';

/** The answers that are lists: the items, a page of them, or all pages that were asked for. */
type Listed<Item> = Item[] | { items: Item[] } | { pages: { items: Item[] }[] };

export type ListQuery<Item> = Asked<Listed<Item>> & Partial<Paged>;

/** The items of an answer; none while there is no answer. */
export function itemsOf<Item>(data: Listed<Item> | undefined): Item[] {
  if (data === undefined) return [];
  if (Array.isArray(data)) return data;
  return 'pages' in data ? data.pages.flatMap(({ items }) => items) : data.items;
}

/**
 * The items of a query or an infinite query, handed to a render as a card of rows or a table. Its bones before that, what
 * `empty` says where there are none, the way to ask again, and the way to more.
 */
export function List<Item>({
  query,
  empty,
  children,
  ...loaded
}: LoadedProps & {
  query: ListQuery<Item>;
  /** What will be here, and what to do. */
  empty?: ReactNode;
  children: (items: Item[]) => ReactNode;
}) {
  return (
    <Loaded query={query} rows={4} {...loaded}>
      {(data) => {
        const items = itemsOf(data);
        return (
          <>
            {items.length > 0 ? children(items) : query.hasNextPage ? null : empty}
            <MoreButton query={query} />
          </>
        );
      }}
    </Loaded>
  );
}

import { useNavigate, useSearch } from '@tanstack/react-router';
import { type Day, readDay } from './days';

export type Order = 'asc' | 'desc';

/** How a list is asked for: what its address says, and its request. `until` is the day after the last. */
export type ListSearch<Fields extends Record<string, readonly string[]>> = {
  [Field in keyof Fields]?: Fields[Field][number];
} & { order?: Order; from?: Day; until?: Day; name?: string };

const LONGEST_NAME = 40;

/** Reads the address of a list; a value that is none of a field's is as if it were not there. */
export const listSearch =
  <const Fields extends Record<string, readonly string[]>>(fields: Fields) =>
  (search: Record<string, unknown>): ListSearch<Fields> => {
    const from = readDay(search.from);
    const until = readDay(search.until);
    const found: Record<string, string | undefined> = {
      order: ['asc', 'desc'].find((one) => one === search.order),
      ...(from && until && until <= from ? {} : { from, until }),
      // The router reads digits as a number.
      name: ['string', 'number'].includes(typeof search.name) ? String(search.name).slice(0, LONGEST_NAME) : undefined,
    };
    for (const [field, values] of Object.entries(fields)) found[field] = values.find((one) => one === search[field]);
    return Object.fromEntries(Object.entries(found).filter(([, value]) => value)) as ListSearch<Fields>;
  };

/** What the page's own address says, and a way to say something else there; Back leads to what it said before. */
export function useListSearch<Search extends object>(
  read: (search: Record<string, unknown>) => Search,
): [Search, (changes: Partial<Search>, options?: { replace?: boolean }) => void] {
  // The router hands on what no route has read, too.
  const search = read(useSearch({ strict: false } as never));
  const navigate = useNavigate();
  const change = (changes: Partial<Search>, { replace = false } = {}) =>
    void navigate({
      to: '.',
      search: ((now: Record<string, unknown>) => ({ ...read(now), ...changes })) as never,
      replace,
      resetScroll: false,
    });
  return [search, change];
}

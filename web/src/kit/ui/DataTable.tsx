import { useLingui } from '@lingui/react/macro';
import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react';
import { type ReactNode, useSyncExternalStore } from 'react';
import { Card } from './Card';
import { cx } from './cx';
import { SelectField } from './Field';

export interface Column<Item> {
  title: string;
  cell: (item: Item) => ReactNode;
  /** Numbers stand under each other. */
  numeric?: boolean;
  /** The name by which the list can be sorted like this column. */
  sort?: string;
  /** What can be done with an item: its buttons say it, and no title is seen. */
  hasButtons?: boolean;
}

export interface Sorting {
  by: string;
  order: 'asc' | 'desc';
  onSort: (by: string, order: 'asc' | 'desc') => void;
}

interface DataTableProps<Item> {
  label: string;
  columns: Column<Item>[];
  items: Item[];
  rowKey: (item: Item) => string;
  /** How the items are sorted, where that can be changed. */
  sorting?: Sorting;
}

/** Items in dense rows; on a phone a card each, with the titles before the values. */
export function DataTable<Item>(table: DataTableProps<Item>) {
  return useIsWide() ? <Rows {...table} /> : <Cards {...table} />;
}

const WIDE = '(min-width: 40rem)';

/** Whether there is room for rows: the cards are other elements, so that both read well aloud. */
export function useIsWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const wide = matchMedia(WIDE);
      wide.addEventListener('change', changed);
      return () => wide.removeEventListener('change', changed);
    },
    () => matchMedia(WIDE).matches,
  );
}

function Rows<Item>({ label, columns, items, rowKey, sorting }: DataTableProps<Item>) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="relative overflow-x-auto rounded-card border border-line bg-card"
    >
      <table className="w-full border-collapse text-left text-sm">
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr className="border-line border-b">
            {columns.map((column) => (
              <Heading key={column.title} column={column} sorting={sorting} />
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {items.map((item) => (
            <tr key={rowKey(item)}>
              {columns.map((column) => (
                <td key={column.title} className={cx('px-3 py-2.5', column.numeric && 'text-right tabular-nums')}>
                  {column.cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Heading<Item>({ column, sorting }: { column: Column<Item>; sorting?: Sorting }) {
  const { title, numeric, sort, hasButtons } = column;
  const look = cx('whitespace-nowrap font-semibold text-soft', numeric && 'text-right');
  if (!sorting || !sort) {
    return (
      <th scope="col" className={cx(look, 'px-3 py-2.5')}>
        <span className={hasButtons ? 'sr-only' : undefined}>{title}</span>
      </th>
    );
  }
  const order = sorting.by === sort ? sorting.order : undefined;
  const Arrow = order === undefined ? ArrowUpDown : order === 'asc' ? ArrowUp : ArrowDown;
  return (
    <th scope="col" aria-sort={order && (order === 'asc' ? 'ascending' : 'descending')} className={look}>
      <button
        type="button"
        className={cx(
          '-outline-offset-3 inline-flex min-h-11 items-center gap-1.5 rounded-card px-3 hover:text-ink',
          order && 'text-ink',
        )}
        onClick={() => sorting.onSort(sort, order === 'desc' ? 'asc' : 'desc')}
      >
        {title}
        <Arrow aria-hidden className={cx('size-4', !order && 'opacity-50')} />
      </button>
    </th>
  );
}

function Cards<Item>({ label, columns, items, rowKey, sorting }: DataTableProps<Item>) {
  return (
    <>
      {sorting ? <SortField columns={columns} sorting={sorting} /> : null}
      <ul aria-label={label} className="flex flex-col gap-3">
        {items.map((item) => (
          <li key={rowKey(item)}>
            <Card>
              <dl className="flex flex-col gap-1.5 text-sm">
                {columns.map((column) => (
                  <div key={column.title} className="flex flex-wrap items-baseline justify-between gap-x-4">
                    <dt className={column.hasButtons ? 'sr-only' : 'text-soft'}>{column.title}</dt>
                    <dd className={cx('ml-auto min-w-0 max-w-full wrap-anywhere', column.numeric && 'tabular-nums')}>
                      {column.cell(item)}
                    </dd>
                  </div>
                ))}
              </dl>
            </Card>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Cards have no headings to press. */
function SortField<Item>({ columns, sorting }: { columns: Column<Item>[]; sorting: Sorting }) {
  const { t } = useLingui();
  return (
    <SelectField
      label={t`Sorted by`}
      value={`${sorting.by} ${sorting.order}`}
      onChange={(event) => {
        const [by = '', order] = event.target.value.split(' ');
        sorting.onSort(by, order === 'asc' ? 'asc' : 'desc');
      }}
    >
      {columns.flatMap(({ title, sort }) =>
        sort
          ? [
              <option key={`${sort} desc`} value={`${sort} desc`}>
                {t`${title}, descending`}
              </option>,
              <option key={`${sort} asc`} value={`${sort} asc`}>
                {t`${title}, ascending`}
              </option>,
            ]
          : [],
      )}
    </SelectField>
  );
}

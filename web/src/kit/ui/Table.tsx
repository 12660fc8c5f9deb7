import type { ReactNode } from 'react';
import { cx } from './cx';

export interface Column<Item> {
  title: ReactNode;
  cell: (item: Item) => ReactNode;
  /** Numbers stand under each other. */
  numeric?: boolean;
}

/** A table of dense rows. On a phone it scrolls sideways in its own frame, by finger or by arrow keys. */
export function Table<Item>({
  label,
  columns,
  items,
  rowKey,
}: {
  label: string;
  columns: Column<Item>[];
  items: Item[];
  rowKey: (item: Item) => string;
}) {
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
            {columns.map((column, index) => (
              <th
                // biome-ignore lint/suspicious/noArrayIndexKey: columns never change places
                key={index}
                scope="col"
                className={cx('whitespace-nowrap px-3 py-2.5 font-semibold text-soft', column.numeric && 'text-right')}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {items.map((item) => (
            <tr key={rowKey(item)}>
              {columns.map((column, index) => (
                <td
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns never change places
                  key={index}
                  className={cx('px-3 py-2.5', column.numeric && 'text-right tabular-nums')}
                >
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

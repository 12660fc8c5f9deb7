import { Link, type LinkProps } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { cx } from './cx';

/** Tabs that are pages: each has its own address, so that back and reload work. */
export function PageTabs({ label, tabs }: { label: string; tabs: { to: LinkProps['to']; words: ReactNode }[] }) {
  const nav = useRef<HTMLElement>(null);
  // On a phone the row may be longer than the screen: where one is must be in sight, also when a tab comes later.
  const count = tabs.length;
  useEffect(() => {
    if (count === 0) return;
    nav.current?.querySelector('[data-status=active]')?.scrollIntoView?.({ inline: 'center', block: 'nearest' });
  }, [count]);
  return (
    <nav ref={nav} aria-label={label} className="-mx-4 overflow-x-auto px-4 sm:mx-0 sm:px-0">
      <ul className="flex min-w-max gap-1 border-line border-b">
        {tabs.map(({ to, words }) => (
          <li key={String(to)}>
            <Link
              to={to}
              activeOptions={{ exact: true, includeSearch: false }}
              className={cx(
                '-mb-px -outline-offset-3 inline-flex min-h-11 items-center border-transparent border-b-3 px-3 font-medium text-sm sm:text-base text-soft hover:text-ink',
                'data-[status=active]:border-lamp data-[status=active]:text-ink',
              )}
            >
              {words}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

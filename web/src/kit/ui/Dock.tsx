import type { ReactNode } from 'react';
import { cx } from './cx';

/**
 * Holds what goes on while one looks elsewhere: above a phone's bar, in a desktop's corner, and over a page that takes the
 * whole phone. It stands outside the pages, so that a change of route unmounts nothing in it.
 */
export function Dock({ strip, children }: { strip: boolean; children: ReactNode }) {
  return (
    <div
      data-dock={strip ? 'strip' : 'corner'}
      className={cx(
        'flex flex-col gap-2 empty:hidden print:hidden',
        strip
          ? 'px-3 py-2'
          : 'pointer-events-none fixed inset-x-0 bottom-[calc(4rem+env(safe-area-inset-bottom))] z-30 px-3 pb-2 lg:right-6 lg:bottom-4 lg:left-auto lg:w-72 lg:px-0',
      )}
    >
      {children}
    </div>
  );
}

/** Something that goes on, small: its picture, what it is, and what one can do about it without going there. */
export function DockCard({
  label,
  icon,
  title,
  action,
  children,
}: {
  label: string;
  icon: ReactNode;
  /** What it is just now; a change is said to those who do not see it. A link in it is as large as the words. */
  title: ReactNode;
  action: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section
      aria-label={label}
      className="pointer-events-auto mx-auto flex w-full max-w-md animate-late flex-wrap items-center gap-x-3 gap-y-1 rounded-card border border-line-strong bg-card py-1.5 pr-2 pl-3 text-sm shadow-card"
    >
      <span className="flex w-7 shrink-0 justify-center">{icon}</span>
      <div className="relative flex min-h-11 min-w-24 flex-1 flex-col justify-center leading-tight">
        <p
          role="status"
          className="font-semibold [&_a]:underline [&_a]:decoration-line-strong [&_a]:underline-offset-4 [&_a]:after:absolute [&_a]:after:inset-0"
        >
          {title}
        </p>
        {children}
      </div>
      <div className="flex items-center gap-1">{action}</div>
    </section>
  );
}

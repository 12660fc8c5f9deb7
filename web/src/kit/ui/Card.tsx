import type { HTMLAttributes, ReactNode } from 'react';
import { cx } from './cx';

/** A sheet of paper by day, a stone with a hairline by night. */
export function Card({ className, ...rest }: HTMLAttributes<HTMLDivElement>) {
  return (
    <div
      className={cx('rounded-card border border-[var(--hairline)] bg-card p-4 shadow-card sm:p-5', className)}
      {...rest}
    />
  );
}

/** A list of rows in one card, parted by hairlines. */
export function CardList({ className, children, label }: { className?: string; children: ReactNode; label?: string }) {
  return (
    <ul
      aria-label={label}
      className={cx(
        'divide-y divide-line overflow-hidden rounded-card border border-[var(--hairline)] bg-card shadow-card',
        className,
      )}
    >
      {children}
    </ul>
  );
}

/** A heading with what belongs under it. */
export function Section({
  title,
  aside,
  children,
  className,
}: {
  title: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={cx('flex flex-col gap-3', className)}>
      <div className="flex min-h-9 flex-wrap items-center justify-between gap-x-3">
        <h2 className="min-w-0 font-semibold text-lg [overflow-wrap:anywhere]">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

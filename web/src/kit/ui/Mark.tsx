import { createContext, useContext } from 'react';
import { cx } from './cx';

/** What the square is called here. */
export const CommunityName = createContext('Meydan');

/** The sign: a square seen from above, and the lamp in its middle. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="8 4 48 52" className={cx('size-8', className)}>
      <circle cx="32" cy="19" r="12" fill="var(--lamp)" opacity="0.28" />
      <path
        d="M32 31 52 42.5 32 54 12 42.5Z"
        fill="none"
        stroke="currentColor"
        strokeWidth="3.5"
        strokeLinejoin="round"
      />
      <path d="M32 42.5V24" stroke="currentColor" strokeWidth="3.5" strokeLinecap="round" />
      <circle cx="32" cy="19" r="6.5" fill="var(--lamp)" />
    </svg>
  );
}

export function Wordmark({ className }: { className?: string }) {
  return (
    <span
      className={cx('inline-flex min-w-0 items-center gap-2 font-bold font-display text-lg tracking-tight', className)}
    >
      <Mark className="size-8 shrink-0" />
      <span className="truncate">{useContext(CommunityName)}</span>
    </span>
  );
}

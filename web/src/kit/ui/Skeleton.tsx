import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { cx } from './cx';

/** One bar of a layout that is still coming. */
export function Bone({ className }: { className?: string }) {
  return <div className={cx('h-4 rounded-full bg-line', className)} />;
}

/** The real layout in bones, shown only when the wait is longer than 200 ms. */
export function Skeleton({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div role="status" className={cx('animate-late', className)}>
      <span className="sr-only">
        <Trans>Loading</Trans>
      </span>
      <div aria-hidden="true">{children}</div>
    </div>
  );
}

export function ListSkeleton({ rows = 4, label }: { rows?: number; label?: ReactNode }) {
  return (
    <Skeleton>
      {label}
      <div className="divide-y divide-line rounded-card border border-line">
        {Array.from({ length: rows }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: bones have no identity
          <div key={row} className="flex items-center gap-3 px-4 py-3.5">
            <div className="size-11 shrink-0 rounded-[30%] bg-line" />
            <div className="flex flex-1 flex-col gap-2">
              <Bone className="w-2/5" />
              <Bone className="h-3 w-3/5" />
            </div>
          </div>
        ))}
      </div>
    </Skeleton>
  );
}

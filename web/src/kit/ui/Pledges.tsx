import type { ReactNode } from 'react';
import { cx } from './cx';

/** What one may count on, a line each. */
export function Pledges({ quiet = false, children }: { quiet?: boolean; children: ReactNode }) {
  return <ul className={cx('flex flex-col', quiet ? 'gap-2.5 text-soft text-sm' : 'gap-3.5')}>{children}</ul>;
}

export function Pledge({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <li className="flex items-start gap-3 [&>svg]:mt-0.5 [&>svg]:size-5 [&>svg]:shrink-0 [&>svg]:text-moss">
      {icon}
      <span className="min-w-0">{children}</span>
    </li>
  );
}

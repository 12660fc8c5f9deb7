import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { cx } from './cx';

/** The first thing the keyboard meets: past the bar, to the page. */
export function SkipLink() {
  return (
    <a
      href="#page"
      className="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50 focus:rounded-full focus:bg-lamp focus:px-5 focus:py-3 focus:font-semibold focus:text-lamp-ink"
    >
      <Trans>Skip to the page</Trans>
    </a>
  );
}

/** A line across the top that says what is true of the whole app just now. */
export function Banner({
  icon,
  children,
  tone = 'lamp',
}: {
  icon: ReactNode;
  children: ReactNode;
  tone?: 'lamp' | 'terracotta';
}) {
  return (
    <div
      role="status"
      className={cx(
        'flex items-start justify-center gap-2.5 px-4 py-2.5 text-sm [&_svg]:mt-0.5 [&_svg]:size-4.5 [&_svg]:shrink-0',
        tone === 'lamp' ? 'bg-lamp text-lamp-ink' : 'bg-terracotta-soft text-terracotta',
      )}
    >
      {icon}
      <div className="min-w-0 max-w-prose">{children}</div>
    </div>
  );
}

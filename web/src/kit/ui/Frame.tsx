import { Trans, useLingui } from '@lingui/react/macro';
import { Link, type LinkProps } from '@tanstack/react-router';
import { Moon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';
import { Mark, Wordmark } from './Mark';

export interface Place {
  to: LinkProps['to'];
  words: string;
  icon: ReactNode;
  /** One is on a page that lies behind this place. */
  within?: boolean;
  /** How much is new there: shown as a number, said in words. */
  useCount?: () => number;
}

const useNothing = () => 0;

function Count({ useCount = useNothing, className }: { useCount?: () => number; className?: string }) {
  const { t } = useLingui();
  const count = useCount();
  if (!count) return null;
  return (
    <span
      className={cx(
        'inline-flex h-5 min-w-5 items-center justify-center rounded-full bg-lamp px-1.5 font-bold text-lamp-ink text-xs leading-none tabular-nums',
        className,
      )}
    >
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span className="sr-only">{t`${count} new`}</span>
    </span>
  );
}

/** The four places at the foot of a phone, within the thumb's reach. */
export function BottomBar({ label, places }: { label: string; places: Place[] }) {
  return (
    <nav
      aria-label={label}
      className="fixed inset-x-0 bottom-0 z-30 border-line border-t bg-card pb-[env(safe-area-inset-bottom)] lg:hidden print:hidden"
    >
      <ul className="mx-auto grid max-w-lg grid-cols-4">
        {places.map((place) => (
          <li key={String(place.to)}>
            <Link
              to={place.to}
              activeOptions={{ exact: place.to === '/' }}
              data-status={place.within ? 'active' : undefined}
              className={cx(
                '-outline-offset-3 group flex min-h-16 flex-col items-center justify-center gap-1 font-medium text-soft text-xs',
                'data-[status=active]:text-ink',
              )}
            >
              <span className="relative flex h-7 w-14 max-w-full items-center justify-center rounded-full transition-colors duration-160 group-data-[status=active]:bg-lamp-soft group-data-[status=active]:text-lamp-text [&_svg]:size-5.5">
                {place.icon}
                <Count useCount={place.useCount} className="-top-1 absolute left-8" />
              </span>
              <span className="max-w-full truncate px-1 text-[length:min(var(--text-xs),4.4vw)]">{place.words}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The same places on a desktop, on the left. */
export function Rail({ label, places, foot }: { label: string; places: Place[]; foot?: ReactNode }) {
  return (
    <header className="sticky top-0 hidden h-dvh w-60 shrink-0 flex-col gap-6 overflow-y-auto border-line border-r bg-deep px-3 py-6 lg:flex print:hidden">
      <Link to="/" className="px-3">
        <Wordmark />
      </Link>
      <nav aria-label={label}>
        <ul className="flex flex-col gap-1">
          {places.map((place) => (
            <li key={String(place.to)}>
              <Link
                to={place.to}
                activeOptions={{ exact: place.to === '/' }}
                data-status={place.within ? 'active' : undefined}
                className={cx(
                  'flex min-h-12 items-center gap-3.5 rounded-full px-4 font-medium text-soft transition-colors duration-160 hover:bg-card hover:text-ink',
                  'data-[status=active]:bg-card data-[status=active]:text-ink data-[status=active]:shadow-card [&_svg]:size-5.5',
                )}
              >
                {place.icon}
                <span className="min-w-0 flex-1 truncate">{place.words}</span>
                <Count useCount={place.useCount} />
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="mt-auto flex flex-col gap-2">{foot}</div>
    </header>
  );
}

/** What a phone shows above a place: the name of the product (briefly, where the shadow's sign needs room). */
export function TopBar({ brief = false, children }: { brief?: boolean; children: ReactNode }) {
  const { t } = useLingui();
  return (
    <header className="@container flex min-h-14 items-center justify-between gap-2 px-4 pt-[env(safe-area-inset-top)] lg:hidden">
      <Link to="/" aria-label={brief ? t`Square` : undefined} className="shrink-0 rounded-full">
        {brief ? <Mark /> : <Wordmark />}
      </Link>
      <div className="flex min-w-0 items-center gap-1 print:hidden">{children}</div>
    </header>
  );
}

/** Said wherever the shadow speaks, so that nobody speaks under the wrong face. */
export function DuskSign({ alias }: { alias: string }) {
  return (
    <Link
      to="/me/faces"
      className="inline-flex min-h-9 min-w-0 max-w-full items-center gap-2 rounded-full border border-line-strong px-3 font-medium text-sm"
    >
      <Moon aria-hidden className="size-4 shrink-0 fill-current" />
      <span className="truncate">
        <Trans>Shadow: {alias}</Trans>
      </span>
    </Link>
  );
}

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

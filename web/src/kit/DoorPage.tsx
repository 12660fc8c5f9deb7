import { useLingui } from '@lingui/react/macro';
import { ArrowLeft } from 'lucide-react';
import { type ReactNode, Suspense } from 'react';
import { useBack } from './back';
import { lazyPage } from './lazy-page';
import { useTitle } from './title';
import { LanguageSwitch } from './ui/LanguageSwitch';
import { Wordmark } from './ui/Mark';
import { WayLink } from './way';

/** Beside the page, and on a desktop only: the page does not wait for it. */
const SquareScene = lazyPage<'SquareScene', { className?: string }>(() => import('./SquareScene'), 'SquareScene');

/** The frame of the pages before one is in: on a desktop the square lies beside them. */
export function DoorPage({
  title,
  lead,
  back = '/',
  onBack,
  children,
}: {
  title: string;
  lead?: ReactNode;
  back?: string;
  /** Goes back a step inside the page instead; the browser's Back does the same. */
  onBack?: () => void;
  children: ReactNode;
}) {
  const { t } = useLingui();
  useTitle(`${title} · Meydan`);
  useBack(onBack ? title : null, () => onBack?.());
  const arrow = '-ml-2.5 inline-flex size-11 items-center justify-center rounded-full hover:bg-deep';
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[1fr_minmax(480px,560px)]">
      <aside aria-label="Meydan" className="relative hidden overflow-hidden lg:sticky lg:top-0 lg:block lg:h-dvh">
        <Suspense>
          <SquareScene className="absolute inset-0 h-full" />
        </Suspense>
        <WayLink href="/" className="absolute top-8 left-8 rounded-full bg-card/85 px-4 py-2">
          <Wordmark />
        </WayLink>
      </aside>
      <div className="mx-auto flex min-h-dvh w-full max-w-[560px] flex-col px-5 pt-3 pb-10 sm:px-10 lg:pt-6">
        <header className="flex min-h-14 items-center justify-between">
          {onBack ? (
            <button type="button" aria-label={t`Back`} onClick={onBack} className={arrow}>
              <ArrowLeft aria-hidden className="size-5.5" />
            </button>
          ) : (
            <WayLink href={back} aria-label={t`Back`} className={arrow}>
              <ArrowLeft aria-hidden className="size-5.5" />
            </WayLink>
          )}
          <LanguageSwitch />
        </header>
        <main id="page" className="flex flex-col gap-6 pt-4 lg:my-auto lg:pt-0">
          <div className="flex flex-col gap-2">
            <h1 className="font-bold text-xl">{title}</h1>
            {lead ? <p className="text-soft">{lead}</p> : null}
          </div>
          <Suspense>{children}</Suspense>
        </main>
      </div>
    </div>
  );
}

import { useLingui } from '@lingui/react/macro';
import { Link, type LinkProps } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useBack } from '../back';
import { useTitle } from '../title';
import { LanguageSwitch } from './LanguageSwitch';
import { Wordmark } from './Mark';
import { SquareScene } from './SquareScene';

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
  back?: LinkProps['to'];
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
        <SquareScene className="absolute inset-0 h-full" />
        <Link to="/" className="absolute top-8 left-8 rounded-full bg-card/85 px-4 py-2">
          <Wordmark />
        </Link>
      </aside>
      <div className="mx-auto flex min-h-dvh w-full max-w-[560px] flex-col px-5 pt-3 pb-10 sm:px-10 lg:pt-6">
        <header className="flex min-h-14 items-center justify-between">
          {onBack ? (
            <button type="button" aria-label={t`Back`} onClick={onBack} className={arrow}>
              <ArrowLeft aria-hidden className="size-5.5" />
            </button>
          ) : (
            <Link to={back} aria-label={t`Back`} className={arrow}>
              <ArrowLeft aria-hidden className="size-5.5" />
            </Link>
          )}
          <LanguageSwitch />
        </header>
        <main id="page" className="flex flex-col gap-6 pt-4 lg:my-auto lg:pt-0">
          <div className="flex flex-col gap-2">
            <h1 className="font-bold text-xl">{title}</h1>
            {lead ? <p className="text-soft">{lead}</p> : null}
          </div>
          {children}
        </main>
      </div>
    </div>
  );
}

import { useLingui } from '@lingui/react/macro';
import { Link, type LinkProps } from '@tanstack/react-router';
import { ArrowLeft, ChevronRight } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTitle } from '../title';
import { cx } from './cx';

let firstPage = true;

interface PageProps {
  title: string;
  /** Where the arrow leads; a page of the bar has none. */
  back?: LinkProps['to'];
  /** On a desktop the list beside it shows where we are, so the arrow is for phones only. */
  backOnPhone?: boolean;
  aside?: ReactNode;
  lead?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A page: its heading, which takes the focus when one arrives, and a column of at most 680 pixels. */
export function Page({ title, back, backOnPhone, aside, lead, children, className }: PageProps) {
  const { t } = useLingui();
  const heading = useRef<HTMLHeadingElement>(null);

  useTitle(`${title} · Meydan`);
  useEffect(() => {
    // Who comes from another page hears where they are; who is typing already (autofocus) is not interrupted, and the very
    // first page leaves the focus where the browser puts it.
    if (!firstPage && !document.activeElement?.matches('input, textarea, select')) {
      heading.current?.focus({ preventScroll: true });
    }
    firstPage = false;
  }, []);

  return (
    <div className={cx('mx-auto flex w-full max-w-[680px] flex-col gap-6 px-4 pt-3 pb-8 sm:px-6 lg:pt-8', className)}>
      <header className="flex flex-col gap-2">
        <div className="flex min-h-11 flex-wrap items-center gap-1">
          {back ? (
            <Link
              to={back}
              aria-label={t`Back`}
              className={cx(
                '-ml-2.5 inline-flex size-11 shrink-0 items-center justify-center rounded-full hover:bg-deep print:hidden',
                backOnPhone && 'lg:hidden',
              )}
            >
              <ArrowLeft aria-hidden className="size-5.5" />
            </Link>
          ) : null}
          <h1 ref={heading} tabIndex={-1} className="min-w-0 flex-1 basis-40 font-bold text-xl outline-none">
            {title}
          </h1>
          {aside}
        </div>
        {lead ? <p className="text-soft">{lead}</p> : null}
      </header>
      {children}
    </div>
  );
}

/** List and detail: side by side on a desktop, one after the other on a phone. */
export function ListDetail({
  list,
  detail,
  showing,
}: {
  list: ReactNode;
  detail: ReactNode;
  showing: 'list' | 'detail';
}) {
  return (
    <div className="lg:grid lg:h-dvh lg:grid-cols-[minmax(320px,400px)_1fr]">
      <div
        className={cx(
          'min-w-0 lg:block lg:overflow-y-auto lg:border-line lg:border-r',
          showing === 'detail' && 'hidden',
        )}
      >
        {list}
      </div>
      <div className={cx('min-w-0 lg:block lg:overflow-y-auto', showing === 'list' && 'hidden')}>{detail}</div>
    </div>
  );
}

interface RowProps {
  icon?: ReactNode;
  title: ReactNode;
  words?: ReactNode;
  aside?: ReactNode;
  className?: string;
}

export function RowBody({ icon, title, words, aside }: RowProps) {
  return (
    <>
      {icon ? <span className="flex shrink-0 items-center [&>svg]:shrink-0">{icon}</span> : null}
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex min-w-0 font-medium">{title}</span>
        {words ? <span className="text-soft text-sm">{words}</span> : null}
      </span>
      {aside ? <span className="flex shrink-0 items-center gap-2 text-sm">{aside}</span> : null}
    </>
  );
}

const rowLook = 'flex min-h-14 w-full items-center gap-3.5 px-4 py-3 text-left';

/** A row of a card list. */
export function Row({ className, ...body }: RowProps) {
  return (
    <li className={cx(rowLook, className)}>
      <RowBody {...body} />
    </li>
  );
}

export function LinkRow({ className, to, params, ...body }: RowProps & Pick<LinkProps, 'to' | 'params'>) {
  return (
    <li>
      <Link
        to={to}
        params={params}
        className={cx(
          rowLook,
          '-outline-offset-3 transition-colors duration-160 hover:bg-deep data-[status=active]:bg-lamp-soft',
          className,
        )}
      >
        <RowBody {...body} />
        <ChevronRight aria-hidden className="size-5 shrink-0 text-soft" />
      </Link>
    </li>
  );
}

export function ButtonRow({ className, onClick, ...body }: RowProps & { onClick: () => void }) {
  return (
    <li>
      <button
        type="button"
        onClick={onClick}
        className={cx(rowLook, '-outline-offset-3 transition-colors duration-160 hover:bg-deep', className)}
      >
        <RowBody {...body} />
      </button>
    </li>
  );
}

import { useLingui } from '@lingui/react/macro';
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { IconButton } from './Button';
import { cx } from './cx';

interface SheetProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** One sentence under the title. */
  words?: ReactNode;
  children?: ReactNode;
  /** What to do, at the foot; the last one is the main one. */
  actions?: ReactNode;
}

/**
 * A question on its own: from below on a phone, in the middle of a desktop. It is the browser's own modal dialog, which
 * keeps the focus, closes with Escape, hides the rest from screen readers and needs no injected style.
 */
export function Sheet({ open, onClose, title, words, children, actions }: SheetProps) {
  const { t } = useLingui();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the sheet closes it; the keyboard has Escape
    <dialog
      ref={dialog}
      aria-labelledby={`${id}-title`}
      aria-describedby={words ? `${id}-words` : undefined}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
      className={cx(
        'm-0 mt-auto max-h-[90dvh] w-full max-w-full overflow-y-auto rounded-t-[22px] border border-[var(--hairline)] bg-card p-0',
        'open:animate-rise sm:m-auto sm:max-w-md sm:rounded-[22px] sm:open:animate-arrive',
      )}
    >
      {open ? (
        <div className="flex flex-col gap-4 px-5 pt-4 pb-[max(1.25rem,env(safe-area-inset-bottom))]">
          <header className="flex items-start justify-between gap-2">
            <h2 id={`${id}-title`} className="min-w-0 pt-2 font-semibold text-lg [overflow-wrap:anywhere]">
              {title}
            </h2>
            <IconButton label={t`Close`} onClick={onClose} className="-mr-2">
              <X aria-hidden />
            </IconButton>
          </header>
          {words ? (
            <p id={`${id}-words`} className="-mt-2 text-soft">
              {words}
            </p>
          ) : null}
          {children}
          {actions ? <div className="flex flex-col gap-2 sm:flex-row-reverse sm:justify-start">{actions}</div> : null}
        </div>
      ) : null}
    </dialog>
  );
}

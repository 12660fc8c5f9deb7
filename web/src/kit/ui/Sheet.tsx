import { useLingui } from '@lingui/react/macro';
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useBack } from '../back';
import { IconButton } from './Button';
import { cx } from './cx';

interface SheetProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** One sentence under the title. */
  words?: ReactNode;
  children?: ReactNode;
  /** For the foot, where there is no form that has its own. */
  actions?: ReactNode;
}

/**
 * A question on its own: from below on a phone, in the middle of a desktop. It is the browser's own modal dialog, which
 * keeps the focus, closes with Escape, hides the rest from screen readers and needs no injected style. Back closes it too.
 */
export function Sheet({ open, onClose, title, words, children, actions }: SheetProps) {
  const { t } = useLingui();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useBack(open ? 'sheet' : null, onClose);

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
        'm-0 mt-auto max-h-[90dvh] w-full max-w-full scroll-pt-16 scroll-pb-24 overflow-y-auto rounded-t-[22px] border border-[var(--hairline)] bg-card p-0',
        'open:animate-rise sm:m-auto sm:max-w-md sm:rounded-[22px] sm:open:animate-arrive',
      )}
    >
      {open ? (
        <div className="flex flex-col gap-4 px-5 pb-[max(1.25rem,env(safe-area-inset-bottom))] has-[[data-foot]]:pb-0">
          <header className="sticky top-0 z-10 -mx-5 flex items-start justify-between gap-2 bg-card px-5 pt-4 pb-1">
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
          {actions ? <SheetFoot>{actions}</SheetFoot> : null}
        </div>
      ) : null}
    </dialog>
  );
}

/**
 * Where a sheet's buttons stand, always in sight while the rest scrolls. The main one is the last: at the bottom on a phone,
 * at the right on a desktop. In a form it is the form's last part.
 */
export function SheetFoot({ children }: { children: ReactNode }) {
  return (
    <div
      data-foot=""
      className="sticky bottom-0 z-10 -mx-5 flex flex-col gap-2 border-line border-t bg-card px-5 pt-3 pb-[max(1.25rem,env(safe-area-inset-bottom))] sm:flex-row [&>*]:sm:flex-1"
    >
      {children}
    </div>
  );
}

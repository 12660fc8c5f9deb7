import { useLingui } from '@lingui/react/macro';
import { Check, CircleAlert, Info, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { create } from 'zustand';
import { cx } from './cx';

type Kind = 'done' | 'fault' | 'news';
interface Note {
  id: number;
  kind: Kind;
  words: ReactNode;
  action?: { label: string; onClick: () => void };
}

const STAYS = 6000;
let counter = 0;

const useNotes = create<{ notes: Note[] }>(() => ({ notes: [] }));
const drop = (id: number) => useNotes.setState(({ notes }) => ({ notes: notes.filter((note) => note.id !== id) }));

/** Says something in passing. What a person must act on belongs in the page, not here. */
export function toast(
  words: ReactNode,
  { kind = 'done', action }: { kind?: Kind; action?: Note['action'] } = {},
): void {
  counter += 1;
  const id = counter;
  useNotes.setState(({ notes }) => ({ notes: [...notes.slice(-2), { id, kind, words, action }] }));
  if (!action) setTimeout(drop, STAYS, id);
}

const icons = {
  done: <Check aria-hidden className="size-5 shrink-0 text-moss" />,
  fault: <CircleAlert aria-hidden className="size-5 shrink-0 text-terracotta" />,
  news: <Info aria-hidden className="size-5 shrink-0 text-lamp-text" />,
};

export function Toasts() {
  const { t } = useLingui();
  const notes = useNotes((state) => state.notes);
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-40 flex flex-col items-center gap-2 px-4 lg:bottom-6"
    >
      {notes.map((note) => (
        <div
          key={note.id}
          className={cx(
            'pointer-events-auto flex w-full max-w-md animate-arrive items-center gap-3 rounded-card border border-line bg-card',
            'py-2 pr-2 pl-4 text-sm shadow-card',
          )}
        >
          {icons[note.kind]}
          <span className="min-w-0 flex-1">{note.words}</span>
          {note.action ? (
            <button
              type="button"
              className="min-h-9 rounded-full px-3 font-semibold text-lamp-text hover:bg-lamp-soft"
              onClick={() => {
                note.action?.onClick();
                drop(note.id);
              }}
            >
              {note.action.label}
            </button>
          ) : null}
          <button
            type="button"
            aria-label={t`Dismiss`}
            className="inline-flex size-9 items-center justify-center rounded-full text-soft hover:bg-deep"
            onClick={() => drop(note.id)}
          >
            <X aria-hidden className="size-4" />
          </button>
        </div>
      ))}
    </div>
  );
}

import { useLingui } from '@lingui/react/macro';
import { Check, CircleAlert, Info, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { create } from 'zustand';
import { cx } from './cx';

type Kind = 'done' | 'fault' | 'news';
interface Note {
  id: number;
  kind: Kind;
  words: ReactNode;
  action?: { label: string; onClick: () => void };
}

/** How long a note is in sight, in milliseconds; with something to press it is long enough to read, decide and get there. */
const STAYS = 6000;
const STAYS_WITH_ACTION = 20_000;
/** What is left at least when a pointer or the focus goes away again. */
const STAYS_AFTERWARDS = 2000;
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
}

const icons = {
  done: <Check aria-hidden className="size-5 shrink-0 text-moss" />,
  fault: <CircleAlert aria-hidden className="size-5 shrink-0 text-terracotta" />,
  news: <Info aria-hidden className="size-5 shrink-0 text-lamp-text" />,
};

function usePageHidden(): boolean {
  return useSyncExternalStore(
    (changed) => {
      document.addEventListener('visibilitychange', changed);
      return () => document.removeEventListener('visibilitychange', changed);
    },
    () => document.hidden,
  );
}

/** The notes in passing, in a corner of every page. All stay while somebody points at one, is in one, or is elsewhere. */
export function Toasts() {
  const region = useRef<HTMLDivElement>(null);
  const notes = useNotes((state) => state.notes);
  const hidden = usePageHidden();
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was pointed at may have left, of which no event tells
  useEffect(() => {
    setPointed(region.current?.matches(':hover') ?? false);
    setFocused(region.current?.contains(document.activeElement) ?? false);
  }, [notes]);

  return (
    <div
      ref={region}
      role="status"
      aria-live="polite"
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      className="pointer-events-none fixed inset-x-0 bottom-[calc(5rem+var(--dock))] z-40 flex flex-col items-center gap-2 px-4 lg:bottom-[calc(1.5rem+var(--dock))]"
    >
      {notes.map((note) => (
        <Toast key={note.id} note={note} held={hidden || pointed || focused} />
      ))}
    </div>
  );
}

/** Counts the time that something was in sight, and ends it. */
function useLeaving(stays: number, held: boolean, leave: () => void): void {
  const left = useRef(stays);
  const end = useRef(leave);
  useEffect(() => {
    end.current = leave;
  });
  useEffect(() => {
    if (held) return;
    const since = performance.now();
    const timer = setTimeout(() => end.current(), left.current);
    return () => {
      clearTimeout(timer);
      left.current = Math.max(STAYS_AFTERWARDS, left.current - (performance.now() - since));
    };
  }, [held]);
}

function Toast({ note, held }: { note: Note; held: boolean }) {
  const { t } = useLingui();
  const leave = () => drop(note.id);
  useLeaving(note.action ? STAYS_WITH_ACTION : STAYS, held, leave);
  return (
    <div
      className={cx(
        'pointer-events-auto flex w-full max-w-md animate-arrive flex-wrap items-center gap-x-3 rounded-card border border-line bg-card',
        'py-2 pr-2 pl-4 text-sm shadow-card',
      )}
    >
      {icons[note.kind]}
      <span className="min-w-0 flex-1 basis-40 [overflow-wrap:anywhere]">{note.words}</span>
      <span className="ml-auto flex items-center gap-1">
        {note.action ? (
          <button
            type="button"
            className="min-h-9 rounded-full px-3 font-semibold text-lamp-text hover:bg-lamp-soft"
            onClick={() => {
              note.action?.onClick();
              leave();
            }}
          >
            {note.action.label}
          </button>
        ) : null}
        <button
          type="button"
          aria-label={t`Dismiss`}
          className="inline-flex size-9 items-center justify-center rounded-full text-soft hover:bg-deep"
          onClick={leave}
        >
          <X aria-hidden className="size-4" />
        </button>
      </span>
    </div>
  );
}

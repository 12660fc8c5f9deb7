import { type ReactNode, useEffect, useId, useRef } from 'react';
import { cx } from './cx';
import { asciiDigits } from './digits';
import { describedBy, FieldWords } from './Field';

interface CodeFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Called once, when the last digit is there (typed, pasted or filled in by the phone). */
  onComplete: (code: string) => void;
  length?: number;
  hint?: ReactNode;
  error?: ReactNode;
  /** The code is on its way. The focus stays, so that a wrong one is typed anew at once. */
  busy?: boolean;
}

/** Only the digits, at most as many as a code has. */
export function digitsOf(text: string, length: number): string {
  return asciiDigits(text).replace(/\D/g, '').slice(0, length);
}

/**
 * One real input behind six drawn boxes: pasting, filling in from a message, deleting and screen readers all work as in any
 * input, and typing moves on by itself.
 */
export function CodeField({ label, value, onChange, onComplete, length = 6, hint, error, busy }: CodeFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const wrong = Boolean(error);
  useEffect(() => {
    if (wrong) input.current?.focus(); // also for those who pressed a button, which now rests
  }, [wrong]);
  const places = Array.from({ length }, (_, place) => place);
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-semibold text-sm">
        {label}
      </label>
      <div className="group relative max-w-sm">
        <input
          ref={input}
          id={id}
          // biome-ignore lint/a11y/noAutofocus: the page has this one thing to do
          autoFocus
          value={value}
          readOnly={busy}
          aria-busy={busy || undefined}
          inputMode="numeric"
          autoComplete="one-time-code"
          spellCheck={false}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(id, { hint, error })}
          className="absolute inset-0 z-10 w-full cursor-text rounded-card bg-transparent text-transparent caret-transparent opacity-0"
          onChange={(event) => {
            const code = digitsOf(event.target.value, length);
            onChange(code);
            if (code.length === length && code !== value) onComplete(code);
          }}
        />
        <div
          aria-hidden="true"
          className="grid gap-2"
          style={{ gridTemplateColumns: `repeat(${length}, minmax(0, 1fr))` }}
        >
          {places.map((place) => (
            <span
              key={place}
              className={cx(
                'flex h-14 items-center justify-center rounded-card border border-line-strong bg-card font-display font-semibold text-xl tabular-nums',
                error && 'border-terracotta',
                place === Math.min(value.length, length - 1) &&
                  'group-focus-within:border-lamp-text group-focus-within:ring-2 group-focus-within:ring-lamp-text',
              )}
            >
              {value[place]}
            </span>
          ))}
        </div>
      </div>
      <FieldWords id={id} hint={hint} error={error} />
    </div>
  );
}

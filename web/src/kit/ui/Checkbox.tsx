import { type ReactNode, useId } from 'react';
import { describedBy, FieldWords } from './Field';

interface CheckboxProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  value: boolean;
  onChange: (value: boolean) => void;
  disabled?: boolean;
}

/** Something that is ticked in a form and holds once that is sent; what holds at once is a `Switch`. */
export function Checkbox({ label, hint, error, value, onChange, disabled }: CheckboxProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="flex min-h-11 items-center gap-3 self-start py-1 has-disabled:opacity-55">
        <input
          id={id}
          type="checkbox"
          checked={value}
          disabled={disabled}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(id, { hint, error })}
          onChange={(event) => onChange(event.target.checked)}
          className="size-5 shrink-0 rounded-sm accent-[var(--lamp-text)] aria-invalid:outline-2 aria-invalid:outline-terracotta aria-invalid:outline-offset-2"
        />
        <span className="wrap-anywhere min-w-0">{label}</span>
      </label>
      <FieldWords id={id} hint={hint} error={error} />
    </div>
  );
}

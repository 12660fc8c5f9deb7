import { type ReactNode, useId } from 'react';

const DRAWN =
  'relative h-7 w-12 shrink-0 cursor-pointer appearance-none rounded-full border border-line-strong bg-deep transition-colors ' +
  'duration-160 before:absolute before:top-[3px] before:left-[3px] before:size-5 before:rounded-full before:bg-soft ' +
  'before:transition-transform before:duration-160 checked:border-lamp-text checked:bg-lamp-soft ' +
  'checked:before:translate-x-5 checked:before:bg-lamp-text disabled:cursor-default forced-colors:appearance-auto';

interface SwitchProps {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

/** A setting that is on or off at once. It is the browser's own checkbox, which is announced and drawn as a switch. */
export function Switch({ label, hint, checked, onChange, disabled }: SwitchProps) {
  const id = useId();
  return (
    <label
      htmlFor={id}
      className="flex min-h-12 items-center gap-3 px-4 py-2 hover:bg-deep has-disabled:opacity-55 has-disabled:hover:bg-transparent"
    >
      <span className="flex min-w-0 flex-1 flex-col">
        <span id={`${id}-label`}>{label}</span>
        {hint ? (
          <span id={`${id}-hint`} className="text-soft text-sm">
            {hint}
          </span>
        ) : null}
      </span>
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={checked}
        aria-labelledby={`${id}-label`}
        aria-describedby={hint ? `${id}-hint` : undefined}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        className={DRAWN}
      />
    </label>
  );
}

/** Switches below each other. */
export function SwitchList({ children }: { children: ReactNode }) {
  return (
    <div className="divide-y divide-line overflow-hidden rounded-card border border-line-strong bg-card">
      {children}
    </div>
  );
}

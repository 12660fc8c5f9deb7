import type { ReactNode } from 'react';
import { cx } from './cx';

const tones = {
  quiet: 'bg-deep text-ink',
  lamp: 'bg-lamp-soft text-lamp-text',
  moss: 'bg-moss-soft text-moss',
  terracotta: 'bg-terracotta-soft text-terracotta',
};

export type Tone = keyof typeof tones;

/** A small word about something: a state, an interest. */
export function Chip({ tone = 'quiet', icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span
      className={cx(
        'inline-flex max-w-full items-center gap-1.5 rounded-full px-2.5 py-0.5 font-medium text-xs [&_svg]:size-3.5',
        tones[tone],
      )}
    >
      {icon}
      <span className="truncate">{children}</span>
    </span>
  );
}

/** A chip that is on or off. */
export function ChipToggle({
  on,
  onChange,
  disabled,
  children,
}: {
  on: boolean;
  onChange: (on: boolean) => void;
  disabled?: boolean;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={on}
      disabled={disabled}
      onClick={() => onChange(!on)}
      className={cx(
        'min-h-10 wrap-anywhere max-w-full rounded-[20px] border px-4 py-1.5 font-medium text-sm transition-colors duration-160 disabled:opacity-55',
        on ? 'border-lamp-text bg-lamp-soft text-lamp-text' : 'border-line-strong bg-card text-ink hover:bg-deep',
      )}
    >
      {children}
    </button>
  );
}

import { useLingui } from '@lingui/react/macro';
import { Minus, Plus } from 'lucide-react';
import { IconButton } from './Button';

/** A small number, one more or one less at a time; typed where many are meant. */
export function Stepper({
  label,
  value,
  onChange,
  least = 1,
  most,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
  least?: number;
  most: number;
}) {
  const { t } = useLingui();
  const within = (wanted: number) => Math.min(most, Math.max(least, Math.trunc(wanted) || least));
  return (
    <fieldset className="flex min-w-0 max-w-full items-center gap-1">
      <legend className="sr-only">{label}</legend>
      <IconButton
        label={t`One less`}
        className="border border-line-strong"
        disabled={value <= least}
        onClick={() => onChange(within(value - 1))}
      >
        <Minus aria-hidden />
      </IconButton>
      <input
        aria-label={label}
        inputMode="numeric"
        value={value}
        onChange={(event) => onChange(within(Number(event.target.value.replaceAll(/\D/g, ''))))}
        onFocus={(event) => event.target.select()}
        className="h-11 w-14 min-w-0 rounded-card bg-transparent text-center font-bold font-display text-lg tabular-nums"
      />
      <IconButton
        label={t`One more`}
        className="border border-line-strong"
        disabled={value >= most}
        onClick={() => onChange(within(value + 1))}
      >
        <Plus aria-hidden />
      </IconButton>
    </fieldset>
  );
}

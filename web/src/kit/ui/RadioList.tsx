import { RadioGroup } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { FieldWords } from './Field';

/** One of several, below each other. */
export function RadioList<Value extends string>({
  label,
  value,
  onChange,
  options,
  error,
}: {
  label: string;
  value: Value | '';
  onChange: (value: Value) => void;
  options: { value: Value; words: ReactNode; hint?: ReactNode }[];
  error?: ReactNode;
}) {
  const id = useId();
  return (
    <div className="flex flex-col gap-2">
      <span id={id} className="font-semibold text-sm">
        {label}
      </span>
      <RadioGroup.Root
        aria-labelledby={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        value={value}
        onValueChange={(next) => onChange(next as Value)}
        className="divide-y divide-line overflow-hidden rounded-card border border-line-strong"
      >
        {options.map((option) => (
          <RadioGroup.Item
            key={option.value}
            value={option.value}
            className="-outline-offset-3 group flex min-h-12 w-full items-center gap-3 px-4 text-left hover:bg-deep disabled:opacity-55"
          >
            <span
              aria-hidden="true"
              className="flex size-5 shrink-0 items-center justify-center rounded-full border-2 border-line-strong group-data-[state=checked]:border-lamp-text"
            >
              <RadioGroup.Indicator className="size-2.5 rounded-full bg-lamp-text" />
            </span>
            <span className="flex min-w-0 flex-col py-2">
              {option.words}
              {option.hint ? <span className="text-soft text-sm">{option.hint}</span> : null}
            </span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      <FieldWords id={id} error={error} />
    </div>
  );
}

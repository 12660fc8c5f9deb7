import { RadioGroup } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { cx } from './cx';

interface TilesProps<Value extends string> {
  label: string;
  value: Value | '';
  onChange: (value: Value) => void;
  options: { value: Value; words: ReactNode }[];
  /** The label is said only to those who do not see the page, where its heading says it already. */
  hideLabel?: boolean;
  className?: string;
}

/** One of several, side by side as tiles; arrow keys move through them. */
export function Tiles<Value extends string>({
  label,
  value,
  onChange,
  options,
  hideLabel = false,
  className,
}: TilesProps<Value>) {
  const id = useId();
  return (
    <div className="flex flex-col gap-2">
      <span id={id} className={hideLabel ? 'sr-only' : 'font-semibold text-sm'}>
        {label}
      </span>
      <RadioGroup.Root
        aria-labelledby={id}
        value={value}
        onValueChange={(next) => onChange(next as Value)}
        className={cx('grid gap-2', className)}
      >
        {options.map((option) => (
          <RadioGroup.Item
            key={option.value}
            value={option.value}
            className={cx(
              'flex min-w-0 items-center gap-3 rounded-card border border-line-strong bg-card p-2.5 text-left transition-colors duration-160 hover:bg-deep',
              'data-[state=checked]:border-lamp-text data-[state=checked]:bg-lamp-soft data-[state=checked]:outline data-[state=checked]:outline-1 data-[state=checked]:outline-lamp-text',
              'focus-visible:outline-3! focus-visible:outline-lamp-text! disabled:opacity-55',
            )}
          >
            {option.words}
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </div>
  );
}

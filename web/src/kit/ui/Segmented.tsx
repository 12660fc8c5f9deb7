import { RadioGroup } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx';

interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: { value: Value; words: ReactNode; icon?: ReactNode }[];
  className?: string;
}

/** A choice of a few, side by side; arrow keys move through it. */
export function Segmented<Value extends string>({ label, value, onChange, options, className }: SegmentedProps<Value>) {
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next as Value)}
      orientation="horizontal"
      className={cx('flex w-full gap-1 rounded-full bg-deep p-1', className)}
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          className={cx(
            'inline-flex min-h-10 min-w-0 flex-1 items-center justify-center gap-2 rounded-full px-3 font-medium text-sm text-soft',
            'transition-colors duration-160 hover:text-ink data-[state=checked]:bg-card data-[state=checked]:text-ink',
            'data-[state=checked]:shadow-card data-[state=checked]:outline data-[state=checked]:outline-1 data-[state=checked]:outline-line',
            'focus-visible:outline-3! focus-visible:outline-lamp-text! [&_svg]:size-4.5 disabled:opacity-55',
          )}
        >
          {option.icon}
          {option.words}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}

import { type ReactNode, useId } from 'react';
import { cx } from './cx';

interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: { value: Value; words: ReactNode; icon?: ReactNode }[];
  className?: string;
}

/** A choice of a few, side by side, made of the browser's own radio buttons; arrow keys move through it. */
export function Segmented<Value extends string>({ label, value, onChange, options, className }: SegmentedProps<Value>) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className={cx('flex w-full gap-1 rounded-full bg-deep p-1', className)}>
      {options.map((option) => (
        <label
          key={option.value}
          className={cx(
            'relative inline-flex min-h-10 min-w-0 flex-1 cursor-pointer items-center justify-center gap-2 rounded-full px-3',
            'text-center font-medium text-sm text-soft transition-colors duration-160 hover:text-ink has-checked:bg-card',
            'has-checked:text-ink has-checked:shadow-card has-checked:outline has-checked:outline-1 has-checked:outline-line',
            'has-focus-visible:outline-3! has-focus-visible:outline-lamp-text! [&_svg]:size-4.5',
          )}
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            className="absolute inset-0 cursor-pointer appearance-none rounded-full outline-none!"
          />
          {option.icon}
          {option.words}
        </label>
      ))}
    </div>
  );
}

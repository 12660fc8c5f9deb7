import { cva, type VariantProps } from 'class-variance-authority';
import { LoaderCircle } from 'lucide-react';
import { Slot } from 'radix-ui';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { cx } from './cx';

const looks = cva(
  'inline-flex max-w-full select-none items-center justify-center gap-2 rounded-full font-semibold text-center leading-tight [overflow-wrap:anywhere] ' +
    'transition-[background-color,border-color,transform,opacity] duration-160 ease-out active:scale-[0.98] ' +
    'disabled:opacity-55 disabled:active:scale-100 aria-disabled:opacity-55',
  {
    variants: {
      look: {
        // The one thing to do next on a page; never two of them.
        lamp: 'bg-lamp text-lamp-ink hover:bg-lamp-bright',
        plain: 'border border-line-strong bg-card text-ink hover:bg-deep',
        quiet: 'text-ink hover:bg-deep',
        danger: 'border border-terracotta bg-card text-terracotta hover:bg-terracotta-soft',
      },
      size: {
        sm: 'min-h-9 px-3.5 py-1.5 text-sm',
        md: 'min-h-11 px-5 py-2 text-base',
        lg: 'min-h-14 px-7 py-3 text-base',
      },
      wide: { true: 'w-full' },
    },
    defaultVariants: { look: 'plain', size: 'md' },
  },
);

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, VariantProps<typeof looks> {
  /** Work is under way: the label stays, further clicks do nothing. */
  busy?: boolean;
  /** Gives the look to the child (a link) instead of a button. */
  asChild?: boolean;
  icon?: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  look,
  size,
  wide,
  busy = false,
  asChild = false,
  icon,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  const classes = cx(looks({ look, size, wide }), className);
  if (asChild) return <Slot.Root className={classes}>{children}</Slot.Root>;
  return (
    <button
      type={type}
      className={classes}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
      {...rest}
    >
      {busy ? <LoaderCircle aria-hidden className="size-5 shrink-0 animate-spin" /> : icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label'> {
  /** What it does, for those who do not see the icon; shown on hover too. */
  label: string;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ label, className, children, type = 'button', ...rest }: IconButtonProps) {
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={cx(
        'inline-flex size-11 shrink-0 items-center justify-center rounded-full text-ink transition-colors duration-160 ' +
          'hover:bg-deep disabled:opacity-55 [&_svg]:size-5.5',
        className,
      )}
      {...rest}
    >
      {children}
    </button>
  );
}

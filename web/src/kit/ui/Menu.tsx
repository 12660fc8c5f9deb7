import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { cx } from './cx';

interface MenuProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The button that opens it, and that has the focus again afterwards. */
  trigger: ReactElement;
  align?: 'start' | 'end';
  /** Puts the focus elsewhere when the menu closes. True: it did. */
  onLeave?: () => boolean;
  children: ReactNode;
}

/** Things to do with one thing, by pointer, touch or arrow keys. */
export function Menu({ open, onOpenChange, trigger, align = 'start', onLeave, children }: MenuProps) {
  return (
    <DropdownMenu.Root open={open} onOpenChange={onOpenChange}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            if (onLeave?.()) event.preventDefault();
          }}
          className="z-50 max-w-[calc(100vw-1rem)] animate-appear rounded-card border border-line bg-card p-1.5 shadow-card"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const item = 'select-none rounded-[10px] outline-none data-[highlighted]:bg-deep data-[highlighted]:ring-2';

export function MenuItem({ icon, onSelect, children }: { icon: ReactNode; onSelect: () => void; children: ReactNode }) {
  return (
    <DropdownMenu.Item
      onSelect={onSelect}
      className={cx(
        item,
        'flex min-h-11 items-center gap-3 px-3 ring-lamp-text/60 [overflow-wrap:anywhere] [&_svg]:size-5 [&_svg]:shrink-0',
      )}
    >
      {icon}
      {children}
    </DropdownMenu.Item>
  );
}

/** One of several pictures side by side, or none: choosing the chosen one says so again. */
export function MenuChoice<Value extends string>({
  label,
  value,
  values,
  onChoose,
}: {
  label: string;
  value: Value | undefined;
  values: readonly Value[];
  onChoose: (value: Value) => void;
}) {
  return (
    <DropdownMenu.RadioGroup
      aria-label={label}
      value={value ?? ''}
      onValueChange={(chosen) => onChoose(chosen as Value)}
      className="grid grid-cols-6"
    >
      {values.map((one) => (
        <DropdownMenu.RadioItem
          key={one}
          value={one}
          className={cx(
            item,
            'inline-flex size-11 items-center justify-center text-xl ring-lamp-text/60 aria-checked:bg-lamp-soft',
          )}
        >
          {one}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

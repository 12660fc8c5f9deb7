import { Popover as Panel } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

interface PopoverProps {
  /** The button that opens it, and that has the focus again afterwards. */
  trigger: ReactElement;
  /** Says to a screen reader what opened. */
  label: string;
  align?: 'start' | 'center' | 'end';
  children: ReactNode;
}

/** A few words or fields beside what they belong to; the page around it stays in use. For a question there is the sheet. */
export function Popover({ trigger, label, align = 'center', children }: PopoverProps) {
  return (
    <Panel.Root>
      <Panel.Trigger asChild>{trigger}</Panel.Trigger>
      <Panel.Portal>
        <Panel.Content
          aria-label={label}
          tabIndex={0} // so that the arrow keys scroll what is long
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-popover-content-available-height) w-max max-w-[min(22rem,calc(100vw-1rem))] animate-appear overflow-y-auto rounded-card border border-line bg-card p-4 text-sm shadow-card [overflow-wrap:anywhere]"
        >
          {children}
        </Panel.Content>
      </Panel.Portal>
    </Panel.Root>
  );
}

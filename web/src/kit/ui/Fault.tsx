import type { ReactNode } from 'react';

/** What went wrong, above the button that was pressed. */
export function Fault({ children }: { children: ReactNode }) {
  return children ? (
    <p role="alert" className="text-terracotta">
      {children}
    </p>
  ) : null;
}

import { type ReactNode, useState } from 'react';

/** The word of the language that is spoken; these words are nobody's but the page of parts'. */
export type Say = (turkish: string, english: string) => string;

/** A state that has to be asked for: its first button opens what is looked at. */
export class Opened {
  constructor(readonly node: ReactNode) {}
}

/** A state that is a page of its own, with its own landmarks. */
export class Alone {
  constructor(readonly node: ReactNode) {}
}

/** What a part looks like, by the name of its state. */
export type States = Readonly<Record<string, ReactNode | Opened | Alone>>;
export type StatesOf = (say: Say) => States;

/** Forces a look that a pointer or the keyboard would bring. */
export function Forced({ as, children }: { as: 'hover' | 'focus'; children: ReactNode }) {
  return <div data-force={as}>{children}</div>;
}

/** Keeps what a part is told to change. */
export function Keeping<Value>({
  first,
  children,
}: {
  first: Value;
  children: (value: Value, keep: (value: Value) => void) => ReactNode;
}) {
  const [value, keep] = useState(first);
  return children(value, keep);
}

/** A piece of a screen, to whose edges a part that is fixed to the window holds. */
export function Screen({ height, children }: { height: number; children: ReactNode }) {
  return (
    <div
      className="relative overflow-hidden rounded-card border border-line [contain:layout]"
      style={{ height: `${height / 16}rem` }}
    >
      {children}
    </div>
  );
}

export const Side = ({ children }: { children: ReactNode }) => <div className="flex flex-wrap gap-3">{children}</div>;
export const Stack = ({ children }: { children: ReactNode }) => <div className="flex flex-col gap-3">{children}</div>;

/** One word that cannot be broken where one would like. */
export const LONG_WORD = 'muvaffakiyetsizleştiricileştiriveremeyebileceklerimizdenmişsinizcesine';
export const longWords: Say = (turkish, english) => `${turkish} ${LONG_WORD} ${english}`;
export const nothing = () => {};

import { type ComponentType, type ReactNode, Suspense } from 'react';

/** A place on a page that rooms above it fill: the page knows the place, never who stands in it. */
export interface Slot<Props extends object> {
  (props: Props): ReactNode;
  fill: (part: ComponentType<Props>) => void;
}

export function makeSlot<Props extends object = object>(): Slot<Props> {
  const parts: ComponentType<Props>[] = [];
  const Filled = (props: Props) =>
    parts.map((Part, place) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: filled once, at the start
      <Suspense key={place}>
        <Part {...props} />
      </Suspense>
    ));
  return Object.assign(Filled, { fill: (part: ComponentType<Props>) => void parts.push(part) });
}

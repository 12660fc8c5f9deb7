import type { ReactNode } from 'react';

export interface Fact {
  /** What it is called: the key of its row. */
  name: string;
  value: ReactNode;
}

/** Names and what they stand for, a line each, as on a receipt. */
export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl className="flex flex-col gap-2 text-sm">
      {facts.map(({ name, value }) => (
        <div key={name} className="flex flex-wrap justify-between gap-x-4">
          <dt className="min-w-0 text-soft [overflow-wrap:anywhere]">{name}</dt>
          <dd className="ml-auto min-w-0 text-right [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

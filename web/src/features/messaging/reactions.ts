import { byPlace, isLine, type TextRecord } from './crypto/records';

/** What the two people put under one message: at most one emoji each. */
export interface Reactions {
  readonly mine?: string;
  readonly theirs?: string;
}

export interface Said {
  /** Everything that stands in the talk, in its order. */
  readonly lines: readonly TextRecord[];
  /** By the id of the message; those to what is not here wait for it. */
  readonly reactions: ReadonlyMap<string, Reactions>;
  /** The other side's newest, for those who hear what comes. */
  readonly newest: TextRecord | undefined;
}

/**
 * Parts the lines from the reactions to them. A person's newest reaction to a message counts, by the log's order, so it
 * makes no difference in which order records came in. A refused one counts for nothing.
 */
export function saidIn(records: Iterable<TextRecord>): Said {
  const lines: TextRecord[] = [];
  const reactions = new Map<string, Reactions>();
  let newest: TextRecord | undefined;
  for (const record of [...records].sort(byPlace)) {
    if (isLine(record)) lines.push(record);
    if (record.what.kind !== 'reaction' || record.state === 'failed') continue;
    const { to } = record.what;
    const emoji = record.body || undefined;
    if (!record.mine) newest = record;
    reactions.set(to, { ...reactions.get(to), ...(record.mine ? { mine: emoji } : { theirs: emoji }) });
  }
  return { lines, reactions, newest };
}

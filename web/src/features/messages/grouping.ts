import type { TextRecord } from '../../crypto/records';

export interface Grouped {
  readonly key: string;
  readonly kind: 'texts' | 'device_added';
  readonly mine: boolean;
  readonly at: string;
  readonly texts: readonly TextRecord[];
  /** The first of its day: the date stands above it. */
  readonly newDay: boolean;
}

const minute = (at: string) => Math.floor(Date.parse(at) / 60_000);
const day = (at: string) => new Date(at).toDateString();

/** What one side said within a minute stands together, under one time. */
export function group(texts: readonly TextRecord[]): Grouped[] {
  const groups: (Omit<Grouped, 'texts'> & { texts: TextRecord[] })[] = [];
  for (const text of texts) {
    const last = groups.at(-1);
    const kind = text.what.kind === 'device_added' ? 'device_added' : 'texts';
    const joins =
      last !== undefined &&
      kind === 'texts' &&
      last.kind === kind &&
      last.mine === text.mine &&
      minute(last.at) === minute(text.at);
    if (joins) last.texts.push(text);
    else {
      const newDay = last === undefined ? false : day(last.at) !== day(text.at);
      groups.push({ key: text.id, kind, mine: text.mine, at: text.at, texts: [text], newDay });
    }
  }
  return groups;
}

import type { GiftLine } from '../../kit/api/types';
import type { Notice, TextRecord, Unreadable } from './crypto/records';

export interface Grouped {
  readonly key: string;
  readonly kind: 'texts' | 'unreadable' | 'gift' | Notice;
  readonly mine: boolean;
  readonly at: string;
  readonly texts: readonly TextRecord[];
  readonly gift?: GiftLine;
  /** The first of its day: the date stands above it. */
  readonly newDay: boolean;
}

/** Reasons that are one to the reader: whoever wrote it, this browser was not there. */
const reason = (why: Unreadable) => (why === 'own_other_device' ? 'before_joining' : why);

function whyOf({ what }: TextRecord): Unreadable | null {
  return what.kind === 'unreadable' ? reason(what.why) : null;
}

const minute = (at: string) => Math.floor(Date.parse(at) / 60_000);
const day = (at: string) => new Date(at).toDateString();

/**
 * What one side said within a minute stands together, under one time. What cannot be read says so once, however many lines
 * it is. Gifts (oldest first) stand between the words by when they were given: the words keep the order of the talk,
 * whatever the clocks say.
 */
export function group(texts: readonly TextRecord[], gifts: readonly GiftLine[] = []): Grouped[] {
  const groups: (Omit<Grouped, 'texts'> & { texts: TextRecord[] })[] = [];
  const isNewDay = (at: string) => {
    const last = groups.at(-1);
    return last !== undefined && day(last.at) !== day(at);
  };
  let given = 0;
  const giveUpTo = (at: number) => {
    for (let gift = gifts[given]; gift && Date.parse(gift.created_at) <= at; gift = gifts[given]) {
      const { id, mine, created_at } = gift;
      groups.push({ key: id, kind: 'gift', mine, at: created_at, texts: [], gift, newDay: isNewDay(created_at) });
      given += 1;
    }
  };
  for (const text of texts) {
    const { what } = text;
    if (what.kind === 'reaction') continue;
    giveUpTo(Date.parse(text.at));
    const last = groups.at(-1);
    const kind = what.kind === 'text' ? 'texts' : what.kind;
    const before = last?.texts.at(-1);
    const isSame =
      last?.kind === kind &&
      before !== undefined &&
      (kind === 'unreadable'
        ? whyOf(before) === whyOf(text)
        : kind === 'texts' && last.mine === text.mine && minute(last.at) === minute(text.at));
    if (isSame) last.texts.push(text);
    else groups.push({ key: text.id, kind, mine: text.mine, at: text.at, texts: [text], newDay: isNewDay(text.at) });
  }
  giveUpTo(Number.POSITIVE_INFINITY);
  return groups;
}

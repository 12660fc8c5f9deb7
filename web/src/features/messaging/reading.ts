import { useEffect, useSyncExternalStore } from 'react';
import type { Conversation } from '../../kit/api/types';
import { isSaid, type TextRecord } from './crypto/records';
import { patchConversation } from './data';
import { tellRead } from './http';

function useLooking(): boolean {
  return useSyncExternalStore(
    (changed) => {
      document.addEventListener('visibilitychange', changed);
      addEventListener('focus', changed);
      addEventListener('blur', changed);
      return () => {
        document.removeEventListener('visibilitychange', changed);
        removeEventListener('focus', changed);
        removeEventListener('blur', changed);
      };
    },
    () => document.visibilityState === 'visible' && document.hasFocus(),
  );
}

export interface Reading {
  /** The last line up to which everything is readable here, when it was not told yet. */
  readonly last: TextRecord | null;
  /** Lines of the other side that stay unread. */
  readonly left: number;
}

/**
 * How far this device can say "read". A line that it cannot open ends it: another device can perhaps open it, and until
 * that one showed it, nobody has read it.
 */
export function readingOf(texts: readonly TextRecord[], readSeq: number): Reading {
  const unread = texts.filter(
    ({ mine, what, seq, lost }) => !mine && isSaid(what) && seq !== null && seq > readSeq && !lost,
  );
  const closed = unread.findIndex(({ what }) => what.kind !== 'text');
  const readable = closed < 0 ? unread : unread.slice(0, closed);
  return { last: readable.at(-1) ?? null, left: unread.length - readable.length };
}

/** Tells the other side what was read: only what stands readable on a page that somebody looks at. */
export function useReading(conversation: Conversation, texts: readonly TextRecord[] | null): void {
  const looking = useLooking();
  const { last, left } = readingOf((looking && texts) || [], conversation.read_seq);
  const [id, seq] = [last?.id, last?.seq];
  useEffect(() => {
    if (id === undefined || !seq) return;
    let current = true;
    const tell = () => {
      tellRead(id).then(
        () =>
          patchConversation(conversation.id, (one) => ({
            ...one,
            read_seq: Math.max(one.read_seq, seq),
            unread: left,
          })),
        () => current && setTimeout(() => current && tell(), 5000), // it is read all the same; the other side hears of it later
      );
    };
    tell();
    return () => {
      current = false;
    };
  }, [conversation.id, id, seq, left]);
}

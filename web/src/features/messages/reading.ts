import { useEffect, useSyncExternalStore } from 'react';
import type { Conversation } from '../../api/types';
import type { TextRecord } from '../../crypto/records';
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

/** Tells the other side what was read: only what stands on a page that somebody looks at. */
export function useReading(conversation: Conversation, texts: readonly TextRecord[] | null): void {
  const looking = useLooking();
  const last = texts?.findLast((text) => !text.mine && text.what.kind !== 'device_added');
  const news = looking && last?.seq && last.seq > conversation.read_seq ? last : null;
  const [id, seq] = [news?.id, news?.seq];
  useEffect(() => {
    if (id === undefined || !seq) return;
    let current = true;
    const tell = () => {
      tellRead(id).then(
        () =>
          patchConversation(conversation.id, (one) => ({ ...one, read_seq: Math.max(one.read_seq, seq), unread: 0 })),
        () => current && setTimeout(() => current && tell(), 5000), // it is read all the same; the other side hears of it later
      );
    };
    tell();
    return () => {
      current = false;
    };
  }, [conversation.id, id, seq]);
}

import { queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { answer, api } from '../../kit/api/client';
import type { Conversation } from '../../kit/api/types';
import { serverNow } from '../../kit/clock';
import { queryClient } from '../../kit/queries';
import { onNews, watchPresence } from '../../kit/realtime';
import type { Safety } from './crypto/acquaintances';
import type { Facts, TextRecord } from './crypto/records';
import { type Said, saidIn } from './reactions';
import { useLetterbox } from './store';

/** The list is asked for again before the whisper grants in it (ten minutes) run out. */
const BEFORE_GRANTS_END = 8 * 60_000;
/** Lines opened first; the rest of a long history and the reactions follow behind. */
const AT_ONCE = 200;
/** Somebody whose browser went away in the middle of a word is not typing for ever. */
const TYPING_FOR = 6000;

export const conversationsQuery = queryOptions({
  queryKey: ['conversations'],
  queryFn: () => answer(api.GET('/api/messages/conversations')),
  refetchInterval: BEFORE_GRANTS_END,
});

/** Many messages in a row are one look at the list. */
const GATHER = 700;
let gathering: ReturnType<typeof setTimeout> | undefined;

/** Asks for the list anew in a moment; it counts what is unread. */
export function listSoon(): void {
  if (gathering !== undefined) return;
  gathering = setTimeout(() => {
    gathering = undefined;
    void queryClient.invalidateQueries({ queryKey: conversationsQuery.queryKey });
  }, GATHER);
}

export function patchConversation(id: string, change: (one: Conversation) => Conversation): void {
  queryClient.setQueryData(
    conversationsQuery.queryKey,
    (list) => list && { ...list, items: list.items.map((one) => (one.id === id ? change(one) : one)) },
  );
}

/** A conversation as `crypto/` knows it. */
export function asFacts(conversation: Conversation): Facts {
  const over = Date.parse(conversation.expires_at) <= serverNow();
  return {
    id: conversation.id,
    me: conversation.me_profile_id,
    peer: conversation.peer.id,
    opener: conversation.opener,
    closed: over || Boolean(conversation.closed_at),
    until: conversation.expires_at,
  };
}

/** One that is not in the list is asked for before it is called gone: a match may be younger than the list. */
export function useConversation(id: string) {
  const list = useQuery(conversationsQuery);
  const [since] = useState(() => Date.now());
  const conversation = list.data?.items.find((one) => one.id === id);
  const stale = conversation === undefined && list.isSuccess && list.dataUpdatedAt < since;
  const { refetch } = list;
  useEffect(() => {
    if (stale) void refetch();
  }, [stale, refetch]);
  return { conversation, isPending: list.isPending || stale, isError: list.isError && !stale, refetch };
}

/** A conversation as this browser keeps it, kept current; null until it was first read. */
export function useSaid(conversationId: string): Said | null {
  const client = useLetterbox((state) => state.client);
  const [records, setRecords] = useState<Map<string, TextRecord> | null>(null);

  useEffect(() => {
    setRecords(null);
    if (client === null) return;
    let current = true;
    const stop = client.onChange(async (change) => {
      if (change.conversationId !== conversationId) return;
      const found = await client.conversations.some(conversationId, change.ids);
      if (!current) return;
      setRecords((before) => {
        const after = new Map(before);
        for (const id of change.ids) {
          const line = found.get(id);
          if (line === undefined) after.delete(id);
          else after.set(id, line);
        }
        return after;
      });
    });
    const show = (kept: readonly TextRecord[]) => {
      if (!current) return;
      setRecords((before) => new Map([...kept.map((record) => [record.id, record] as const), ...(before ?? [])]));
    };
    const readAll = async () => {
      show(await client.conversations.newest(conversationId, AT_ONCE));
      show(await client.conversations.texts(conversationId));
    };
    readAll().catch(reportError);
    return () => {
      current = false;
      stop();
    };
  }, [client, conversationId]);

  return useMemo(() => records && saidIn(records.values()), [records]);
}

/** Whether the other side's identity is the known one, kept current. Until it was read, it counts as known. */
export function useStanding(conversation: Conversation): Safety['standing'] {
  const client = useLetterbox((state) => state.client);
  const [standing, setStanding] = useState<Safety['standing']>('known');
  const { id } = conversation;
  const facts = useRef(asFacts(conversation));
  useEffect(() => {
    setStanding('known');
    if (client === null) return;
    let current = true;
    const read = async () => {
      const found = await client.conversations.standing(facts.current);
      if (current) setStanding(found);
    };
    const stop = client.onChange((change) => {
      if (change.conversationId === id) read().catch(reportError);
    });
    read().catch(reportError);
    return () => {
      current = false;
      stop();
    };
  }, [client, id]);
  return standing;
}

/** The newest line of a conversation, kept current; undefined while there is none. */
export function useLastLine(conversationId: string): TextRecord | undefined {
  const client = useLetterbox((state) => state.client);
  const [last, setLast] = useState<TextRecord>();
  useEffect(() => {
    setLast(undefined);
    if (client === null) return;
    let current = true;
    const read = async () => {
      const line = (await client.conversations.newest(conversationId, 1)).at(-1);
      if (current) setLast(line);
    };
    const stop = client.onChange((change) => {
      if (change.conversationId === conversationId) read().catch(reportError);
    });
    read().catch(reportError);
    return () => {
      current = false;
      stop();
    };
  }, [client, conversationId]);
  return last;
}

/** Talks that the server went back before, and that this browser still holds; kept current. */
export function useOutlived(): readonly string[] {
  const client = useLetterbox((state) => state.client);
  const [found, setFound] = useState<readonly string[]>([]);
  const listed = useQuery(conversationsQuery).data?.items;
  useEffect(() => {
    setFound([]);
    if (client === null) return;
    let current = true;
    const read = async () => {
      const ids = await client.conversations.outlived();
      if (current) setFound(ids);
    };
    const isListed = (id: string) =>
      queryClient.getQueryData(conversationsQuery.queryKey)?.items.some((one) => one.id === id);
    const stop = client.onChange(({ conversationId }) => {
      if (!isListed(conversationId)) read().catch(reportError);
    });
    read().catch(reportError);
    return () => {
      current = false;
      stop();
    };
  }, [client]);
  return found.filter((id) => !listed?.some((one) => one.id === id));
}

export interface Peer {
  readonly online: boolean;
  readonly lastSeenAt: string | null;
  readonly typing: boolean;
}

/** Whether the other side is here, and writing: followed while a page asks. */
export function usePeer(conversation: Conversation): Peer {
  const { id, grant, presence } = conversation;
  const [seen, setSeen] = useState<{ online: boolean; last_seen_at?: string | null } | null>(null);
  const [typing, setTyping] = useState(false);

  useEffect(() => (grant ? watchPresence(id, grant) : undefined), [id, grant]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onNews((frame) => {
      if (frame.t === 'presence' && frame.conversation_id === id) setSeen(frame);
      const isMessage = frame.t === 'message' && frame.message.type === 'text' && frame.message.conversation_id === id;
      if (isMessage && frame.message.sender_profile_id === conversation.peer.id) setTyping(false);
      if (frame.t !== 'typing' || frame.conversation_id !== id) return;
      clearTimeout(timer);
      setTyping(frame.on);
      if (frame.on) timer = setTimeout(setTyping, TYPING_FOR, false);
    });
    return () => {
      stop();
      clearTimeout(timer);
      setTyping(false);
      setSeen(null);
    };
  }, [id, conversation.peer.id]);

  const now = seen ?? presence;
  return { online: now.online, lastSeenAt: now.last_seen_at ?? null, typing };
}

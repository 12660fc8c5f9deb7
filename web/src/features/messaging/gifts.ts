import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { Conversation, GiftLine } from '../../kit/api/types';
import { giftsWithQuery } from '../gifts';

export interface GiftLines {
  /** What the two of a talk gave each other while it lasted, oldest first. */
  readonly lines: readonly GiftLine[];
  /** Those that came while the talk was looked at: they arrive, the others simply stand there. */
  readonly fresh: ReadonlySet<string>;
}

export function useGiftLines({ peer, created_at, expires_at }: Conversation): GiftLines {
  const { data } = useQuery(giftsWithQuery(peer.id));
  const [found, setFound] = useState<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (data) setFound((before) => before ?? new Set(data.items.map(({ id }) => id)));
  }, [data]);
  return useMemo(() => {
    const [from, to] = [Date.parse(created_at), Date.parse(expires_at)];
    const during = (line: GiftLine) => Date.parse(line.created_at) >= from && Date.parse(line.created_at) <= to;
    const lines = (data?.items ?? []).filter(during).reverse();
    return { lines, fresh: new Set(found ? lines.flatMap(({ id }) => (found.has(id) ? [] : id)) : []) };
  }, [data, found, created_at, expires_at]);
}

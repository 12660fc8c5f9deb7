import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Conversation, GiftLine } from '../../api/types';
import { giftsWithQuery } from '../wallet';

/** What the two of a talk gave each other while it lasted, oldest first. */
export function useGiftLines({ peer, created_at, expires_at }: Conversation): readonly GiftLine[] {
  const { data } = useQuery(giftsWithQuery(peer.id));
  return useMemo(() => {
    const [from, to] = [Date.parse(created_at), Date.parse(expires_at)];
    const during = (line: GiftLine) => Date.parse(line.created_at) >= from && Date.parse(line.created_at) <= to;
    return (data?.items ?? []).filter(during).reverse();
  }, [data, created_at, expires_at]);
}

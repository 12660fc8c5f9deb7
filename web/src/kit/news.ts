import type { LinkProps } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';

/** What happened, in words: the server sends a code and what belongs to it, never sentences. */
export interface Told {
  icon: LucideIcon;
  title: string;
  words?: string;
  /** Where it is looked at more closely. */
  to?: Pick<LinkProps, 'to' | 'params'>;
}

export type Teller = (code: string, data: Record<string, unknown>) => Told | null;

/** A room's `news.ts`: its teller knows the room's codes, and null for those of others. */
export interface NewsFile {
  useNews: () => Teller;
}

let files: readonly NewsFile[] = [];

/** Takes the files of all rooms, before the page that tells of them is drawn. */
export function tellNewsBy(loaded: readonly NewsFile[]): void {
  files = loaded;
}

/** Tells of every room's news. */
export function useNewsOfRooms(): Teller {
  // biome-ignore lint/correctness/useHookAtTopLevel: the list stays as it is
  const tellers = files.map(({ useNews }) => useNews());
  return (code, data) => {
    for (const tell of tellers) {
      const told = tell(code, data);
      if (told) return told;
    }
    return null;
  };
}

/** The members of what belongs to a code; what is missing is empty. */
export function readNews(data: Record<string, unknown>) {
  return {
    text: (member: string) => (typeof data[member] === 'string' ? data[member] : ''),
    number: (member: string) => (typeof data[member] === 'number' ? data[member] : 0),
  };
}

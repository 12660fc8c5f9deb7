import { createContext, useContext } from 'react';
import type { Conversation } from '../../../kit/api/types';
import type { TextRecord } from '../crypto/records';
import type { Reactions } from '../reactions';

/** What a message can ask of the talk that it stands in. */
export interface TalkView {
  readonly conversation: Conversation;
  /** False when nothing can be added any more. */
  readonly isOpen: boolean;
  readonly lines: ReadonlyMap<string, TextRecord>;
  readonly reactions: ReadonlyMap<string, Reactions>;
  /** Messages from before this time were there when the talk was opened. */
  readonly since: number;
  /** The message that was jumped to last; `count` tells two jumps to one message apart. */
  readonly target: { readonly id: string; readonly count: number } | null;
  readonly reply: (text: TextRecord) => void;
  readonly react: (text: TextRecord, emoji: string) => void;
  readonly jump: (id: string) => void;
}

export const TalkContext = createContext<TalkView | null>(null);

export function useTalk(): TalkView {
  const talk = useContext(TalkContext);
  if (talk === null) throw new Error('a message stands in a talk');
  return talk;
}

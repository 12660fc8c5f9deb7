import { create } from 'zustand';
import type { Client, Newcomer } from './crypto/client';

/** `newcomer`: the profile has an identity that this browser lacks; `replaced`: it has one that is the profile's no more. */
export type Trouble = 'no_keys' | 'no_storage' | 'newcomer' | 'replaced';

interface Letterbox {
  profileId: string | null;
  client: Client | null;
  newcomer: Newcomer | null;
  /** Why this browser cannot hold conversations, when it cannot. */
  trouble: Trouble | null;
}

export const useLetterbox = create<Letterbox>(() => ({
  profileId: null,
  client: null,
  newcomer: null,
  trouble: null,
}));

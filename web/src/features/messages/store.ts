import { create } from 'zustand';
import type { Client } from '../../crypto/client';

export type Trouble = 'no_keys' | 'no_storage';

interface Letterbox {
  profileId: string | null;
  client: Client | null;
  /** Why this browser cannot hold conversations, when it cannot. */
  trouble: Trouble | null;
}

export const useLetterbox = create<Letterbox>(() => ({ profileId: null, client: null, trouble: null }));

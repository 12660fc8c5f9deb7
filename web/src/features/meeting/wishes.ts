import { create } from 'zustand';
import type { Wishes } from '../../api/types';

const KEY = 'meydan.wishes';

function remembered(): Wishes {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return kept && typeof kept === 'object' ? (kept as Wishes) : {};
  } catch {
    return {}; // unreadable: no wishes then
  }
}

/** Whom one would like to meet; remembered in this browser. */
export const useWishes = create<{ wishes: Wishes }>(() => ({ wishes: remembered() }));

export function keepWishes(wishes: Wishes): void {
  localStorage.setItem(KEY, JSON.stringify(wishes));
  useWishes.setState({ wishes });
}

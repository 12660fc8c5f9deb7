import { create } from 'zustand';
import type { Criteria } from '../../kit/api/types';
import { kept } from '../../kit/storage';

const KEY = 'meydan.criteria';

function remembered(): Criteria {
  try {
    const found: unknown = JSON.parse(kept.getItem(KEY) ?? '{}');
    return found && typeof found === 'object' ? (found as Criteria) : {};
  } catch {
    return {}; // unreadable: no criteria then
  }
}

/** Whom one would like to meet; remembered in this browser. */
export const useCriteria = create<{ criteria: Criteria }>(() => ({ criteria: remembered() }));

export function keepCriteria(criteria: Criteria): void {
  kept.setItem(KEY, JSON.stringify(criteria));
  useCriteria.setState({ criteria });
}

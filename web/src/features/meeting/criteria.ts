import { create } from 'zustand';
import type { Criteria } from '../../api/types';

const KEY = 'meydan.criteria';

function remembered(): Criteria {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return kept && typeof kept === 'object' ? (kept as Criteria) : {};
  } catch {
    return {}; // unreadable: no criteria then
  }
}

/** Whom one would like to meet; remembered in this browser. */
export const useCriteria = create<{ criteria: Criteria }>(() => ({ criteria: remembered() }));

export function keepCriteria(criteria: Criteria): void {
  localStorage.setItem(KEY, JSON.stringify(criteria));
  useCriteria.setState({ criteria });
}

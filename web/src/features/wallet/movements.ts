import type { I18n } from '@lingui/core';
import type { HistoryItem } from '../../kit/api/types';

export interface Said {
  title: string;
  words?: string;
}

type Wording = (movement: HistoryItem, i18n: I18n) => Said;

const wordings = new Map<HistoryItem['type'], Wording>();

/** Gives the words for movements of a type; the room that moves these coins knows them. */
export function wordMovements(type: HistoryItem['type'], wording: Wording): void {
  wordings.set(type, wording);
}

export const wordingOf = (type: HistoryItem['type']): Wording | undefined => wordings.get(type);

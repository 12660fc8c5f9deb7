import type { Room } from '../../kit/room';
import { refusals } from './refusals';

/** The room's words and refusals: what the doors know of it. */
export const door: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  refusals,
};

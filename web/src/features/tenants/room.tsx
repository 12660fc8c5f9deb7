import type { Room } from '../../kit/room';
import { refusals } from './refusals';

export const routes = {};

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shownBy: ['notifications'],
  news: () => import('./news'),
  refusals,
};

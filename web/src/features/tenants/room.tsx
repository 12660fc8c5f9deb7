import type { Room } from '../../kit/room';
import { door } from './door';

export const routes = {};

export const room: Room = { ...door, shownBy: ['notifications'], news: () => import('./news') };

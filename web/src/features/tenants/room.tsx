import type { Room } from '../../kit/room';
import { refusals } from './refusals';

export const routes = {};

export const room: Room = { refusals };

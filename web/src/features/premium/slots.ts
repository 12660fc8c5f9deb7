import { makeSlot } from '../../kit/slot';

/** How today's meetings compare with the most that a membership gives. */
export const MeetingsToday = makeSlot<{ most: number }>();

import { makeSlot } from '../../kit/slot';

/** Sections on the page of sessions, about what other rooms keep in this browser. */
export const SessionSections = makeSlot();

/**
 * The server's time, and time that went by. The person's own clock may be wrong by a day, or be set while the page is open:
 * what ends at a time is judged by the clock that the server named in its last answer, and by what went by since.
 */

const HEADER = 'X-Meydan-Time';

/** A moment on both clocks of this machine: the one people set, and the one that only runs. */
export interface Mark {
  readonly wall: number;
  readonly steady: number;
}

/** A difference between two answers that is more than their ways through the network. */
const JUMP = 2000;

let heard: { readonly server: number; readonly steady: number } | null = null;
const listeners = new Set<() => void>();

export function mark(): Mark {
  return { wall: Date.now(), steady: performance.now() };
}

/** The longer of the two: the steady clock of some systems stands still while they sleep. */
export function elapsedSince({ wall, steady }: Mark): number {
  return Math.max(Date.now() - wall, performance.now() - steady);
}

/** Every answer of the API names the server's time, in milliseconds. */
export function learnServerTime(answer: Response): void {
  const time = Number(answer.headers.get(HEADER));
  if (!(time > 0)) return;
  const jumped = Math.abs(time - serverNow()) > JUMP;
  heard = { server: time, steady: performance.now() };
  if (jumped) for (const tell of listeners) tell();
}

/** Tells when an answer named another time than was counted here: what is shown of time is wrong until it is drawn again. */
export function onTimeCorrected(tell: () => void): () => void {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

/** False until an answer came: nothing may be deleted for its age before. */
export function knowsServerTime(): boolean {
  return heard !== null;
}

/** In milliseconds; the person's own clock only until the first answer came. After a sleep it is late, never early. */
export function serverNow(): number {
  return heard === null ? Date.now() : heard.server + performance.now() - heard.steady;
}

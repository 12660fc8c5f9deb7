import { type Puzzle, type Solution, solve } from './puzzle-solver';

/** What the worker says: how far it is, and in the end the solution. */
export type Said = { part: number } | { solution: Solution | null };

const say = (said: Said) => postMessage(said);

addEventListener('message', ({ data }: MessageEvent<Puzzle>) => {
  say({ solution: solve(data, (part) => say({ part })) });
});

import { create } from 'zustand';
import { isRefusal } from '../../kit/api/errors';
import type { Puzzle, Solution } from './puzzle-solver';
import type { Said } from './puzzle-worker';

/** Which part of a puzzle has been tried; null while none is being solved. */
export const usePuzzle = create<{ part: number | null }>(() => ({ part: null }));

/** Asks; where the server wants a puzzle solved first, solves it and asks once more with its solution. */
export async function withPuzzle<Data>(ask: (puzzle?: string) => Promise<Data>): Promise<Data> {
  try {
    return await ask();
  } catch (error) {
    if (!isRefusal(error, 'puzzle_needed')) throw error;
    const challenge = error.problem.challenge as Puzzle;
    return ask(btoa(JSON.stringify({ challenge, solution: await solution(challenge) })));
  }
}

/** Computes in a worker, so that the page goes on answering. */
async function solution(puzzle: Puzzle): Promise<Solution> {
  const worker = new Worker(new URL('./puzzle-worker.ts', import.meta.url), { type: 'module' });
  usePuzzle.setState({ part: 0 });
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener('error', () => reject(new Error('the puzzle cannot be solved here')));
      worker.addEventListener('message', ({ data }: MessageEvent<Said>) => {
        if ('part' in data) usePuzzle.setState({ part: data.part });
        else if (data.solution) resolve(data.solution);
        else reject(new Error('the puzzle has no solution'));
      });
      worker.postMessage(puzzle);
    });
  } finally {
    worker.terminate();
    usePuzzle.setState({ part: null });
  }
}

import { describe, expect, it } from 'vitest';
import { type Puzzle, solve } from './puzzle-solver';

// Made by the library that the server uses, cheaper than the server makes them.
const PUZZLE: Puzzle = {
  parameters: {
    algorithm: 'SCRYPT',
    cost: 256,
    keyLength: 32,
    keyPrefix: '4e2aa0b76fc76370400bdf7dac2809e6',
    nonce: 'fbf8d2610250d6b343a89e6826af8159',
    salt: 'ec02c22b191172750d2bb833a92828f8',
    keySignature: 'ab05fedf07e6deaa5f9cad63b736547e1d75f6837c21c61cb4b521597044dc4c',
    memoryCost: 8,
    parallelism: 1,
    data: { id: '00', purpose: '00', highest: 7 },
  },
  signature: 'd815429b838c5bf342dc2f4f70ceb4f2bc33f8fdf37ee939d047f90a80f4837c',
};

describe('a puzzle', () => {
  it('is solved as the server solves it, and says how far it is', () => {
    const parts: number[] = [];
    expect(solve(PUZZLE, (part) => parts.push(part))).toEqual({
      counter: 5,
      derivedKey: '4e2aa0b76fc76370400bdf7dac2809e6880687e5655c93fed5d9a048fe82cc47',
    });
    expect(parts).toEqual([0.125, 0.25, 0.375, 0.5, 0.625]);
  });

  it('without a solution ends', () => {
    const { parameters, signature } = PUZZLE;
    const never = { parameters: { ...parameters, keyPrefix: 'no hex' }, signature };
    expect(solve(never, () => {})).toBeNull();
  });
});

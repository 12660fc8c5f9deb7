import { expect, it } from 'vitest';
import { lampsOf } from './lamps';

it.each([
  ['none at all', 0, 0, { bulbs: 0, lit: 0, beyond: 0 }],
  ['a few', 2, 3, { bulbs: 3, lit: 2, beyond: 0 }],
  ['one given back', 4, 3, { bulbs: 4, lit: 4, beyond: 0 }],
  ['a whole row', 10, 10, { bulbs: 10, lit: 10, beyond: 0 }],
  ['one more than a row', 11, 10, { bulbs: 10, lit: 10, beyond: 1 }],
  ['a membership', 50, 50, { bulbs: 10, lit: 10, beyond: 40 }],
  ['a membership, late in the day', 7, 50, { bulbs: 10, lit: 7, beyond: 0 }],
  ['a membership, used up', 0, 50, { bulbs: 10, lit: 0, beyond: 0 }],
])('%s', (_, left, limit, lamps) => {
  expect(lampsOf(left, limit)).toEqual(lamps);
});

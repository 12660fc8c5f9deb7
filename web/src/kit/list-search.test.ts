import { expect, test } from 'vitest';
import { listSearch } from './list-search';

const read = listSearch({ sort: ['created_at', 'amount'], status: ['paid', 'held'] });

test('an address says how a list is asked for', () => {
  const search = {
    sort: 'amount',
    order: 'asc',
    status: 'held',
    from: '2026-11-01',
    until: '2026-12-01',
    name: 'ayşe',
  };
  expect(read(search)).toEqual(search);
  expect(read({ name: 4821 })).toEqual({ name: '4821' });
});

test('what does not fit is as if it were not there', () => {
  expect(read({})).toEqual({});
  expect(read({ sort: 'toString', order: 'up', status: ['paid'], from: '2026-02-30', name: {}, other: 'x' })).toEqual(
    {},
  );
  expect(read({ from: '2026-11-30', until: '2026-11-30' })).toEqual({});
});

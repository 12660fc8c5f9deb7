import { describe, expect, it } from 'vitest';
import { Cursor, isAfter } from './cursor';

function shelf() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe('the order of places', () => {
  it('compares numbers, not texts', () => {
    expect(isAfter('1000-2', '999-9')).toBe(true);
    expect(isAfter('1000-10', '1000-9')).toBe(true);
    expect(isAfter('1000-9', '1000-9')).toBe(false);
  });
});

describe('the place in the log', () => {
  it('is kept over a reload', () => {
    const storage = shelf();
    new Cursor(storage, 'mine').moveTo('5-0');
    expect(new Cursor(storage, 'mine').since).toBe('5-0');
  });

  it('never goes back', () => {
    const cursor = new Cursor(shelf(), 'mine');
    cursor.moveTo('7-0');
    cursor.moveTo('6-9');
    expect(cursor.since).toBe('7-0');
  });

  it('does not pull back another tab that is further', () => {
    const storage = shelf();
    const behind = new Cursor(storage, 'mine');
    const ahead = new Cursor(storage, 'mine');
    ahead.moveTo('9-0');
    behind.moveTo('8-0');
    expect(behind.since).toBe('8-0');
    expect(new Cursor(storage, 'mine').since).toBe('9-0');
  });

  it('belongs to one person', () => {
    const storage = shelf();
    new Cursor(storage, 'hers').moveTo('5-0');
    expect(new Cursor(storage, 'his').since).toBeNull();
  });

  it('lets a frame through once, also when it comes much later again', () => {
    const cursor = new Cursor(shelf(), 'mine');
    expect(cursor.isNew('5-0')).toBe(true);
    for (let count = 0; count < 100; count += 1) cursor.isNew(`6-${count}`);
    expect(cursor.isNew('5-0')).toBe(false);
  });

  it('starts again after the log was lost', () => {
    const storage = shelf();
    const cursor = new Cursor(storage, 'mine');
    cursor.moveTo('9-0');
    cursor.forget();
    cursor.moveTo('2-0');
    expect(new Cursor(storage, 'mine').since).toBe('2-0');
  });
});

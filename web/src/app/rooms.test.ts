// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import type { Room } from '../kit/room';
import * as rooms from './rooms';

const sources = import.meta.glob<string>('../features/**/*.{ts,tsx}', {
  eager: true,
  query: '?raw',
  import: 'default',
});
const IMPORT = /^(?:import|export) (?!type )[^;]*? from '(?:\.\.\/)+(\w+)';/gm;
const list: [string, Room][] = Object.entries(rooms).map(([name, { room }]) => [name, room]);

/** The rooms of which the files of a room import something, room.tsx aside: it is drawn with the frame. */
function usedBy(name: string): string[] {
  const used = Object.entries(sources)
    .filter(([path]) => path.startsWith(`../features/${name}/`) && !/room\.tsx$|\.test\./.test(path))
    .flatMap(([, text]) => [...text.matchAll(IMPORT)].map(([, other = '']) => other));
  return [...new Set(used)].filter((other) => other !== name && other in rooms);
}

describe.each(list)('%s', (name, { shows = [], words }) => {
  it('says which rooms its pages show, so that their words come too', () => {
    expect([...shows].sort()).toEqual(usedBy(name).sort());
  });

  it('has words in both languages', async () => {
    const [en, tr] = await Promise.all([words?.en(), words?.tr()]);
    expect(Object.keys(en?.messages ?? {})).toEqual(Object.keys(tr?.messages ?? {}));
  });
});

// @vitest-environment jsdom
import type { AnyRoute } from '@tanstack/react-router';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { useSession } from '../kit/api/session';
import type { Me } from '../kit/api/types';
import { queryClient } from '../kit/queries';
import * as rooms from './rooms';

const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.*'], {
  eager: true,
  query: '?raw',
  import: 'default',
});
const files = import.meta.glob<Record<string, unknown>>(['../features/**/*data.ts', '../kit/queries.ts'], {
  eager: true,
});

interface Options {
  queryKey: readonly unknown[];
  queryFn: (context: object) => Promise<unknown>;
}

let asked: string[] = [];

beforeEach(() => {
  asked = [];
  queryClient.clear();
  vi.stubGlobal('fetch', async ({ url }: Request) => {
    asked.push(new URL(url).pathname);
    return Response.json({ items: [] });
  });
});

/** Each kind of query there is, made for something named `a`. */
const queries = Object.entries(files).flatMap(([path, exports]) =>
  Object.entries(exports)
    .filter(([name]) => name.endsWith('Query'))
    .map(([name, query]): [string, Options] => [
      `${path} ${name}`,
      typeof query === 'function' ? query('a', 'a') : (query as Options),
    ]),
);

describe('what is asked of the server', () => {
  it('is said in the data.ts of a room, not in its pages', () => {
    const elsewhere = Object.entries(sources).filter(
      ([path, text]) => /\bqueryFn\b/.test(text) && !/data\.ts$|kit\/queries\.ts$/.test(path),
    );
    expect(elsewhere.map(([path]) => path)).toEqual([]);
  });

  it('has one key for one thing', async () => {
    const keys = new Map<string, string>();
    const things = new Map<string, string>();
    for (const [name, { queryKey, queryFn }] of queries) {
      await queryFn({ queryKey, pageParam: '' });
      const [key, thing = ''] = [JSON.stringify(queryKey), asked.at(-1)];
      expect([name, keys.get(key)]).toEqual([name, undefined]);
      expect([name, things.get(thing)]).toEqual([name, undefined]);
      keys.set(key, name);
      things.set(thing, name);
    }
    expect(keys.size).toBeGreaterThan(35);
  });
});

/** Pages that show nothing of the server's, or only what somebody typed asks for. */
const WITHOUT_DATA = [
  '/join',
  '/community',
  '/login',
  '/reset',
  '/me/profile',
  '/me/faces',
  '/me/appearance',
  '/me/data',
  '/staff/contacts',
  '/from-push',
];

const routes = Object.values(rooms).flatMap(({ routes: branches }) =>
  Object.entries(branches).flatMap(([branch, list]) => {
    const at = branch === 'me' || branch === 'staff' ? `/${branch}` : '';
    return (list as (AnyRoute & { options: { path: string } })[]).map((route): [string, AnyRoute] => [
      at + route.options.path,
      route,
    ]);
  }),
);

describe.each(routes)('the page %s', (path, route) => {
  const open = async (me: Partial<Me> | null) => {
    useSession.setState({ status: me ? 'in' : 'out', me: me as Me | null });
    const load = route.options.loader as ((context: object) => void) | undefined;
    load?.({
      params: { conversationId: 'a', paymentId: 'a', userId: 'a' },
      location: { search: { name: 'a' } },
      route,
    });
    await vi.waitFor(() => expect(queryClient.isFetching()).toBe(0));
    return asked;
  };

  it('has its first data asked for with its file', async () => {
    expect((await open({ role: 'owner' })).length > 0).toBe(!WITHOUT_DATA.includes(path));
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('has nothing asked for that the person may not see', async () => {
    expect((await open(null)).length > 0).toBe(path === '/terms' || path === '/privacy');
    if (path.startsWith('/staff')) expect(await open({ role: 'user' } as Partial<Me>)).toEqual([]);
  });
});

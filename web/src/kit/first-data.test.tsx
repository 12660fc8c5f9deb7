// @vitest-environment jsdom
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider, queryOptions, useQuery } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useSession } from './api/session';
import type { Me } from './api/types';
import { ask, firstData } from './first-data';
import { i18n } from './i18n';
import { lazyPage } from './lazy-page';
import { queryClient } from './queries';
import { List } from './ui/List';

/** Something that is asked for, and answered when the test says so. */
function later<Answer>() {
  let give: (answer: Answer) => void = () => {};
  const promise = new Promise<Answer>((resolve) => {
    give = resolve;
  });
  const order = { asked: 0, give: (answer: Answer) => give(answer), get: () => promise };
  order.get = () => {
    order.asked += 1;
    return promise;
  };
  return order;
}

let names: ReturnType<typeof later<string[]>>;
let file: ReturnType<typeof later<{ NamesPage: typeof NamesPage }>>;

const namesQuery = queryOptions({ queryKey: ['names'], queryFn: () => names.get() });

function NamesPage() {
  const query = useQuery(namesQuery);
  return <List query={query}>{(items) => <p>{items.join(', ')}</p>}</List>;
}

async function open() {
  const root = createRootRoute({ component: Outlet });
  const tree = root.addChildren([
    createRoute({ getParentRoute: () => root, path: '/', component: () => <h1>Home</h1> }),
    createRoute({
      getParentRoute: () => root,
      path: '/names',
      component: lazyPage(() => file.get(), 'NamesPage'),
      loader: firstData(() => [ask(namesQuery)]),
    }),
  ]);
  const router = createRouter({ routeTree: tree, history: createMemoryHistory(), defaultPreloadStaleTime: 0 });
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        {/* The types know the router of the app only. */}
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </I18nProvider>,
  );
  await screen.findByText('Home');
  const go = router.navigate as (to: { to: string }) => Promise<void>;
  const preload = router.preloadRoute as (to: { to: string }) => Promise<unknown>;
  return { go: () => void go({ to: '/names' }), preload: () => void preload({ to: '/names' }) };
}

const turn = () => new Promise((done) => setTimeout(done));
const login = () => useSession.setState({ status: 'in', me: {} as Me });

beforeEach(() => {
  i18n.load('en', {});
  i18n.activate('en');
  queryClient.clear();
  names = later();
  file = later();
  login();
});
afterEach(cleanup);

describe('the first data of a page', () => {
  it('is asked for together with the page’s file', async () => {
    const { go } = await open();
    go();
    await turn();
    expect([file.asked, names.asked]).toEqual([1, 1]); // and neither has been answered
  });

  it('does not keep the page waiting, and is asked for once', async () => {
    const { go } = await open();
    go();
    file.give({ NamesPage });
    await screen.findByRole('status');
    names.give(['Ada', 'Can']);
    await screen.findByText('Ada, Can');
    expect(names.asked).toBe(1);
  });

  it('is there with the page when it was quicker than the file', async () => {
    const { go } = await open();
    go();
    names.give(['Ada', 'Can']);
    await turn();
    file.give({ NamesPage });
    await screen.findByText('Ada, Can');
    expect(names.asked).toBe(1);
  });

  it('is asked for when somebody is about to come, and not again when they do', async () => {
    const { go, preload } = await open();
    preload();
    await turn();
    expect([file.asked, names.asked]).toEqual([1, 1]);
    names.give(['Ada']);
    file.give({ NamesPage });
    await turn();
    go();
    await screen.findByText('Ada');
    expect(names.asked).toBe(1);
  });

  it('waits until it is known who is logged in', async () => {
    useSession.setState({ status: 'asking', me: null });
    const { go } = await open();
    go();
    await turn();
    expect([file.asked, names.asked]).toEqual([1, 0]);
    login();
    expect(names.asked).toBe(1);
  });

  it('is not asked for without a session', async () => {
    useSession.setState({ status: 'asking', me: null });
    const { go } = await open();
    go();
    await turn();
    useSession.setState({ status: 'out' });
    await turn();
    expect(names.asked).toBe(0);
  });
});

// @vitest-environment jsdom
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MeetingState } from '../../kit/api/types';
import { i18n } from '../../kit/i18n';
import { queryClient } from '../../kit/queries';
import { stateQuery } from './data';
import { WaitingDock } from './WaitingDock';

const quiet: MeetingState = {
  server_now: new Date().toISOString(),
  quotas: { text: { limit: 10, remaining: 9, resets_at: new Date(Date.now() + 3_600_000).toISOString() } },
  approximate_waiting: 0,
} as MeetingState;
const since = new Date(Date.now() - 65_000).toISOString();
const waiting = { ...quiet, ticket: { id: 't', type: 'text', since, relaxed: false, criteria: {} } } as MeetingState;
const met = (conversation_id: string) => ({ ...quiet, match: { id: 'm', conversation_id } }) as MeetingState;

/** The part outside the pages, as the frame has it. */
async function open(state: MeetingState, path = '/people') {
  const root = createRootRoute({
    component: () => (
      <>
        <WaitingDock />
        <Outlet />
      </>
    ),
  });
  const pages = ['/', '/people', '/waiting', '/messages/$conversationId'].map((at) =>
    createRoute({ getParentRoute: () => root, path: at, component: () => null }),
  );
  const router = createRouter({
    routeTree: root.addChildren(pages),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  queryClient.setQueryData(stateQuery.queryKey, state);
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </I18nProvider>,
  );
  await waitFor(() => expect(router.state.status).toBe('idle'));
  return {
    go: (to: string) => act(async () => router.history.push(to)),
    hear: (news: MeetingState) =>
      act(async () => {
        queryClient.setQueryData(stateQuery.queryKey, news);
        await new Promise((done) => setTimeout(done)); // the client of queries tells its observers then
      }),
  };
}

const card = () => screen.queryByRole('region', { name: 'Your waiting' });

beforeEach(() => {
  i18n.load('en', {});
  i18n.activate('en');
  vi.stubGlobal('fetch', () => new Promise(() => {}));
});
afterEach(() => {
  cleanup();
  queryClient.clear();
});

describe('waiting, while one looks elsewhere', () => {
  it('stands in the corner with its time and a way back, over every change of page', async () => {
    const { go } = await open(waiting);
    await waitFor(() => expect(card()).toBeTruthy());
    expect(screen.getByRole('timer').textContent).toMatch(/^1:\d\d$/);
    expect(screen.getByRole('link', { name: 'Waiting under the lamp' }).getAttribute('href')).toBe('/waiting');
    const same = card();
    await go('/');
    expect(card()).toBe(same);
    await go('/waiting');
    expect(card()).toBeNull();
  });

  it('asks the server to give the ticket back', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (request: Request) => {
      asked.push(new URL(request.url).pathname);
      return Response.json(quiet);
    });
    await open(waiting);
    const stop = await screen.findByRole('button', { name: 'Stop waiting' });
    await act(async () => stop.click());
    await waitFor(() => expect(card()).toBeNull());
    expect(asked).toContain('/api/match/leave');
  });

  it('leads to the talk that came of it, until that is opened', async () => {
    const { go, hear } = await open(waiting);
    await waitFor(() => expect(card()).toBeTruthy());
    await hear(met('c1'));
    expect(screen.getByRole('status').textContent).toBe('Somebody came to your lamp.');
    expect(screen.getByRole('link', { name: 'To the talk' }).getAttribute('href')).toBe('/messages/c1');
    await go('/');
    expect(card()).toBeTruthy();
    await go('/messages/c1');
    expect(card()).toBeNull();
    await go('/');
    expect(card()).toBeNull();
  });

  it('is put away by hand, and goes when the talk is over before it was opened', async () => {
    const { hear } = await open(waiting);
    await waitFor(() => expect(card()).toBeTruthy());
    await hear(met('c1'));
    await act(async () => screen.getByRole('button', { name: 'Dismiss' }).click());
    expect(card()).toBeNull();
    await hear(waiting);
    await hear(met('c2'));
    expect(card()).toBeTruthy();
    await hear(quiet);
    expect(card()).toBeNull();
  });

  it('says nothing of a talk that was there before', async () => {
    const { go } = await open(met('c1'));
    await go('/');
    expect(card()).toBeNull();
  });
});

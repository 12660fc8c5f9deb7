// @vitest-environment jsdom

import { I18nProvider } from '@lingui/react';
import { QueryClient, QueryClientProvider, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { i18n } from '../i18n';
import { List } from './List';

beforeEach(() => {
  i18n.load('en', {});
  i18n.activate('en');
});
afterEach(cleanup);

let client: QueryClient;

function show(part: ReactNode) {
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>{part}</QueryClientProvider>
    </I18nProvider>,
  );
}

const rows = (items: string[]) => (
  <ul>
    {items.map((item) => (
      <li key={item}>{item}</li>
    ))}
  </ul>
);
const shown = () => screen.queryAllByRole('listitem').map(({ textContent }) => textContent);

/** An answer that comes when the test says so. */
function later() {
  let resolve: (names: string[]) => void = () => {};
  const promise = new Promise<string[]>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function Names({ ask }: { ask: () => Promise<string[]> }) {
  const query = useQuery({ queryKey: ['names'], queryFn: ask });
  return (
    <List query={query} empty={<p>Nobody yet</p>}>
      {rows}
    </List>
  );
}

interface Page {
  items: string[];
  next?: string;
}

function Pages({ ask }: { ask: (cursor: string) => Promise<Page> }) {
  const query = useInfiniteQuery({
    queryKey: ['pages'],
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  return (
    <List query={query} empty={<p>Nobody yet</p>}>
      {rows}
    </List>
  );
}

describe('a list', () => {
  it('shows its bones until the answer is there', async () => {
    const answer = later();
    show(<Names ask={() => answer.promise} />);
    expect(screen.getByRole('status').textContent).toBe('Loading');
    answer.resolve(['Ada', 'Can']);
    await screen.findByText('Ada');
    expect(shown()).toEqual(['Ada', 'Can']);
    expect(screen.queryByRole('status')).toBeNull();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('says what will be here while there is nothing', async () => {
    show(<Names ask={async () => []} />);
    await screen.findByText('Nobody yet');
    expect(screen.queryByRole('list')).toBeNull();
  });

  it('asks again after a failure, with its bones', async () => {
    const answers = [Promise.reject(new Error('no answer')), later()] as const;
    let asked = 0;
    show(<Names ask={() => (asked++ === 0 ? answers[0] : answers[1].promise)} />);
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    await screen.findByRole('status');
    expect(screen.queryByRole('alert')).toBeNull();
    answers[1].resolve(['Ada']);
    await screen.findByText('Ada');
  });

  it('keeps what it showed when asking anew fails', async () => {
    let works = true;
    show(
      <Names
        ask={async () => {
          if (!works) throw new Error('no answer');
          return ['Ada'];
        }}
      />,
    );
    await screen.findByText('Ada');
    works = false;
    await client.invalidateQueries();
    expect(client.getQueryState(['names'])?.status).toBe('error');
    expect(shown()).toEqual(['Ada']);
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('a list in pages', () => {
  const more = { name: 'Show more' };

  it('adds the next page, and offers none after the last', async () => {
    show(<Pages ask={async (cursor) => (cursor ? { items: ['Can'] } : { items: ['Ada'], next: '1' })} />);
    fireEvent.click(await screen.findByRole('button', more));
    await screen.findByText('Can');
    expect(shown()).toEqual(['Ada', 'Can']);
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('says when the next page did not come, keeps the others, and asks again', async () => {
    let works = false;
    show(
      <Pages
        ask={async (cursor) => {
          if (!cursor) return { items: ['Ada'], next: '1' };
          if (!works) throw new Error('no answer');
          return { items: ['Can'] };
        }}
      />,
    );
    fireEvent.click(await screen.findByRole('button', more));
    await screen.findByRole('alert');
    expect(shown()).toEqual(['Ada']);
    works = true;
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByText('Can');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('is not empty while more pages wait', async () => {
    show(<Pages ask={async (cursor) => (cursor ? { items: [] } : { items: [], next: '1' })} />);
    const button = await screen.findByRole('button', more);
    expect(screen.queryByText('Nobody yet')).toBeNull();
    fireEvent.click(button);
    await screen.findByText('Nobody yet');
  });
});

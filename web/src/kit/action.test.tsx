// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, it } from 'vitest';
import { useAction } from './action';

function around({ children }: { children: ReactNode }) {
  return <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>;
}

it('does the same thing twice at once only once, and again when it is done', async () => {
  const done: string[] = [];
  let finish = () => {};
  const { result } = renderHook(
    () =>
      useAction({
        mutationFn: (what: string) =>
          new Promise<void>((resolve) => {
            done.push(what);
            finish = resolve;
          }),
      }),
    { wrapper: around },
  );
  await act(async () => {
    result.current.mutate('send');
    result.current.mutate('send');
    result.current.mutate('other');
  });
  expect(done).toEqual(['send', 'other']);
  await act(async () => finish());
  await act(async () => result.current.mutate('other'));
  expect(done).toEqual(['send', 'other', 'other']);
});

it('may be tried again after it failed', async () => {
  let tries = 0;
  const { result } = renderHook(
    () =>
      useAction({
        mutationFn: async () => {
          tries += 1;
          throw new Error('no network');
        },
      }),
    { wrapper: around },
  );
  await act(async () => result.current.mutate());
  await act(async () => result.current.mutate());
  expect(tries).toBe(2);
});

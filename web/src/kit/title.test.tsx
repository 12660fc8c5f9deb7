// @vitest-environment jsdom
import { cleanup, renderHook } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { useCountInTitle, useTitle } from './title';

afterEach(cleanup);

it('counts before the title of whatever page is shown, and no more once nobody is in', () => {
  const page = renderHook(({ title }) => useTitle(title), { initialProps: { title: 'The square' } });
  const count = renderHook(({ count }) => useCountInTitle(count), { initialProps: { count: 3 } });
  expect(document.title).toBe('(3) The square');
  page.rerender({ title: 'People' });
  expect(document.title).toBe('(3) People');
  count.rerender({ count: 120 });
  expect(document.title).toBe('(99+) People');
  count.rerender({ count: 0 });
  expect(document.title).toBe('People');
  count.rerender({ count: 1 });
  count.unmount();
  expect(document.title).toBe('People');
});

it('puts the number on the icon, and takes a refusal for what it is', () => {
  const setAppBadge = vi.fn(() => Promise.reject(new Error('no icon here')));
  const clearAppBadge = vi.fn(() => Promise.resolve());
  Object.assign(navigator, { setAppBadge, clearAppBadge });
  const count = renderHook(({ count }) => useCountInTitle(count), { initialProps: { count: 2 } });
  expect(setAppBadge).toHaveBeenCalledWith(2);
  count.rerender({ count: 0 });
  expect(clearAppBadge).toHaveBeenCalled();
});

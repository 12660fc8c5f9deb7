// @vitest-environment jsdom
import { I18nProvider } from '@lingui/react';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { i18n } from '../i18n';
import { Toasts, toast } from './Toast';

const go = (seconds: number) => act(() => void vi.advanceTimersByTime(seconds * 1000));
const isThere = (words: string) => screen.queryByText(words) !== null;

function look(isHidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden);
  act(() => void document.dispatchEvent(new Event('visibilitychange')));
}

beforeEach(() => {
  vi.useFakeTimers();
  i18n.load('en', {});
  i18n.activate('en');
  render(
    <I18nProvider i18n={i18n}>
      <Toasts />
    </I18nProvider>,
  );
});
afterEach(() => {
  go(60);
  cleanup();
  vi.useRealTimers();
});

it('leaves after it was read', () => {
  act(() => toast('Saved.'));
  go(5.9);
  expect(isThere('Saved.')).toBe(true);
  go(0.2);
  expect(isThere('Saved.')).toBe(false);
});

it('stays longer with something to press, and leaves too', () => {
  act(() => toast('Somebody came.', { action: { label: 'Open', onClick: () => {} } }));
  go(19);
  expect(isThere('Somebody came.')).toBe(true);
  go(2);
  expect(isThere('Somebody came.')).toBe(false);
});

it('is done with when its action was pressed', () => {
  const open = vi.fn();
  act(() => toast('Somebody came.', { action: { label: 'Open', onClick: open } }));
  fireEvent.click(screen.getByRole('button', { name: 'Open' }));
  expect(open).toHaveBeenCalledOnce();
  expect(isThere('Somebody came.')).toBe(false);
});

it('waits while somebody points at it, and goes on counting afterwards', () => {
  act(() => toast('Saved.'));
  go(3);
  fireEvent.pointerEnter(screen.getByRole('status'));
  go(60);
  expect(isThere('Saved.')).toBe(true);
  fireEvent.pointerLeave(screen.getByRole('status'));
  go(2.9);
  expect(isThere('Saved.')).toBe(true);
  go(0.2);
  expect(isThere('Saved.')).toBe(false);
});

it('waits while the focus is in one, and no longer when that one was dismissed', () => {
  act(() => toast('First.'));
  act(() => toast('Second.'));
  const [first] = screen.getAllByRole('button', { name: 'Dismiss' });
  act(() => first?.focus());
  go(60);
  expect(isThere('Second.')).toBe(true);
  fireEvent.click(first as HTMLElement);
  expect(isThere('First.')).toBe(false);
  go(6);
  expect(isThere('Second.')).toBe(false);
});

it('does not pass by while the page is out of sight', () => {
  look(true);
  act(() => toast('Somebody came.'));
  go(600);
  expect(isThere('Somebody came.')).toBe(true);
  look(false);
  go(6);
  expect(isThere('Somebody came.')).toBe(false);
});

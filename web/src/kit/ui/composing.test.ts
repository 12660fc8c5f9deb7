// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { isComposing } from './composing';

const press = (init: KeyboardEventInit) => ({ nativeEvent: new KeyboardEvent('keydown', { key: 'Enter', ...init }) });

it('tells the Enter that ends a word of an input method from the one that sends', () => {
  expect(isComposing(press({ isComposing: true }))).toBe(true);
  expect(isComposing(press({ isComposing: false, keyCode: 229 })), 'Safari').toBe(true);
  expect(isComposing(press({ isComposing: false, keyCode: 13 }))).toBe(false);
});

import { expect, it } from 'vitest';

const sources = import.meta.glob<string>(['../**/*.tsx', '!../kit/**', '!../**/*.test.*'], {
  eager: true,
  query: '?raw',
  import: 'default',
});

it('makes every form of a page by kit/form.tsx', () => {
  const byHand = Object.entries(sources).filter(([, text]) => /<form\b|\bonSubmit\b/.test(text));
  expect(byHand.map(([path]) => path)).toEqual([]);
  expect(Object.values(sources).filter((text) => /\buseForm\b/.test(text)).length).toBeGreaterThan(15);
});

it('has every tick and switch from kit/ui', () => {
  const byHand = Object.entries(sources).filter(([, text]) => /type="checkbox"|role="switch"/.test(text));
  expect(byHand.map(([path]) => path)).toEqual([]);
});

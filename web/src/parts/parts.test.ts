// @vitest-environment jsdom
import { expect, it } from 'vitest';

const parts = import.meta.glob<Record<string, unknown>>(['../kit/ui/*.tsx', '!**/*.test.tsx'], { eager: true });
const pages = import.meta.glob<string>('../kit/ui/states/*.tsx', { eager: true, query: '?raw', import: 'default' });
const shown = Object.values(pages).join('\n');

const names = Object.values(parts)
  .flatMap((exported) => Object.entries(exported))
  .filter(([name, value]) => /^[A-Z]/.test(name) && typeof value === 'function')
  .map(([name]) => name);

it.each(names)('%s has its states on the page of parts', (name) => {
  expect(shown).toMatch(new RegExp(`<${name}[\\s/>]`));
});

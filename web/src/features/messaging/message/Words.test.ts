// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { partsOf } from './links';
import { fold, foldAt, isBlank } from './Words';

describe('a long text', () => {
  it('is folded at a space, by characters or by lines', () => {
    const long = 'kelime '.repeat(300);
    expect(foldAt(long)).toBeLessThanOrEqual(500);
    expect(long[foldAt(long)]).toBe(' ');
    expect(foldAt('satır\n'.repeat(40))).toBe('satır\n'.repeat(14).length - 1);
    for (const short of ['kısa', 'k'.repeat(600), 'a\nb\nc']) expect(foldAt(short)).toBe(short.length);
  });

  it('never shows half of a character, nor half of a link', () => {
    const smiles = '😂'.repeat(1000);
    expect(() => encodeURIComponent(`a${smiles}`.slice(0, foldAt(`a${smiles}`)))).not.toThrow();
    const text = `${'a '.repeat(340)}https://example.com/${'x'.repeat(500)} end`;
    expect(fold(partsOf(text), foldAt(text)).some(({ kind }) => kind === 'link')).toBe(false);
  });
});

it('a text of invisible characters is said to be empty', () => {
  for (const blank of ['', '  ', '\u200b\u200e', '\u202e', '\u3164', '\n\n']) expect(isBlank(blank)).toBe(true);
  for (const said of ['.', 'a', '👍', '❤️']) expect(isBlank(said)).toBe(false);
});

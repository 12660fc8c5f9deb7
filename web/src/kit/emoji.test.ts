import { describe, expect, it } from 'vitest';
import { isEmoji, isFewEmoji } from './emoji';

describe('emoji', () => {
  it('are one picture, however many characters it takes', () => {
    for (const one of ['👍', '❤️', '👍🏽', '☝🏿', '👩‍👩‍👧‍👦', '🧔🏽‍♂️', '❤️‍🔥', '🇹🇷', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '3️⃣'])
      expect(isEmoji(one)).toBe(true);
  });

  it('are no letters, no digits, no two at once, and nothing that ends elsewhere', () => {
    for (const no of ['', 'a', '3', '©', '👍👍', '👍 ', 'é', '\u202e', '\u200d', '🇹', '👍\u202e', '👍'.repeat(5000)]) {
      expect(isEmoji(no)).toBe(false);
    }
    expect(isEmoji(Array.from({ length: 60 }, () => '👩').join('\u200d'))).toBe(false);
  });

  it('stand alone up to three', () => {
    for (const few of ['👍', '❤️❤️', '👍 👍 👍', '🇹🇷🇹🇷🇹🇷']) expect(isFewEmoji(few)).toBe(true);
    for (const not of ['👍👍👍👍', '👍 hi', '12', '👍  👍', '']) expect(isFewEmoji(not)).toBe(false);
  });
});

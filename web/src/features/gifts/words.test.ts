// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import type { HistoryItem } from '../../kit/api/types';
import { inBoth } from '../../kit/testing/in-both';
import { useHistoryWords } from '../wallet';
import { useGiftName } from './gift-art';
import { wordGifts } from './movements';

describe('a gift', () => {
  it("is called by the community's own word, in the reader's language", () => {
    const name = { tr: 'Ayran', en: 'Cold yoghurt drink' };
    expect(inBoth(() => useGiftName()({ key: 'tea', name }))).toEqual(['Cold yoghurt drink', 'Ayran']);
    expect(inBoth(() => useGiftName()({ key: 'tea' }))).toEqual(['Glass of tea', 'Bir bardak çay']);
    expect(inBoth(() => useGiftName()({ key: 'comet' }))).toEqual(['Gift', 'Hediye']);
  });
});

describe('coins that a gift has moved', () => {
  wordGifts();
  const movement = (type: HistoryItem['type'], details: HistoryItem['details']): HistoryItem => ({
    id: '0',
    type,
    amount: -5,
    coins: -5,
    earnings: 0,
    debt: 0,
    description: '',
    created_at: '2026-11-21T12:00:00Z',
    details,
    reverses_id: null,
    subject_id: null,
  });

  it('names the gift, how many, and whom it went to', () => {
    const details = { gift_key: 'tea', quantity: 3, alias: 'mehmet' };
    const [english, turkish] = inBoth(() => useHistoryWords()(movement('gift_sent', details)));
    expect(english).toEqual({ title: 'Gift for mehmet', words: 'Glass of tea × 3' });
    expect(turkish).toEqual({ title: 'mehmet için hediye', words: 'Bir bardak çay × 3' });
  });

  it('are worded for both sides, in both languages', () => {
    const titles = inBoth(() => {
      const say = useHistoryWords();
      return [say(movement('gift_sent', {})).title, say(movement('gift_received', {})).title];
    });
    expect(titles).toEqual([
      ['A gift', 'A gift for you'],
      ['Bir hediye', 'Sana bir hediye'],
    ]);
  });
});

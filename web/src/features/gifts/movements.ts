import type { I18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { HistoryItem } from '../../kit/api/types';
import { wordMovements } from '../wallet';
import { giftName } from './gift-art';

function giftOf({ details }: HistoryItem, i18n: I18n): { gift: string; person: string } {
  const { gift_key: key, quantity, alias } = details;
  const name = giftName({ key: typeof key === 'string' ? key : '' }, i18n);
  return {
    gift: typeof quantity === 'number' && quantity > 1 ? `${name} × ${i18n.number(quantity)}` : name,
    person: typeof alias === 'string' ? alias : '',
  };
}

/** Words of the wallet's history for coins that a gift has moved. */
export function wordGifts(): void {
  wordMovements('gift_sent', (movement, i18n) => {
    const { gift, person } = giftOf(movement, i18n);
    return { title: person ? i18n._(msg`Gift for ${person}`) : i18n._(msg`A gift`), words: gift };
  });
  wordMovements('gift_received', (movement, i18n) => {
    const { gift, person } = giftOf(movement, i18n);
    return {
      title: person ? i18n._(msg`Gift from ${person}`) : i18n._(msg`A gift for you`),
      words: i18n._(msg`${gift}. Your share of it, among your earnings.`),
    };
  });
}

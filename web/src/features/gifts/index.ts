export { giftsWithQuery } from './data';
export { GiftLine, useGiftWords } from './GiftLine';
export { GiftSheet } from './GiftSheet';
export { GiftArt, useGiftName } from './gift-art';
export { wordGifts } from './movements';

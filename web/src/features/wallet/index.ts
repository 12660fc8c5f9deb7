export { CoinCount } from './CoinCount';
export { giftsWithQuery, walletQuery } from './data';
export { GiftLine, useGiftWords } from './GiftLine';
export { GiftSheet } from './GiftSheet';
export { useMoneyNews } from './news';
export { OneMore } from './OneMore';

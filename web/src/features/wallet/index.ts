export { CoinCount } from './CoinCount';
export { coinOffersQuery, keepWallet, useBuyMeeting, walletQuery } from './data';
export { useFreeze, useThaw } from './freezes';
export { wordMovements } from './movements';
export { WalletRows } from './slots';
export { Troubles } from './Troubles';
export { useFreezeReason, useHistoryWords } from './words';

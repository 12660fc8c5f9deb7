export { coinOffersQuery, keepWallet, useBuyMeeting, walletQuery } from './data';
export { useFreeze, useThaw } from './freezes';
export { wordMovements } from './movements';
export { Troubles } from './Troubles';
export { useFreezeReason, useHistoryWords } from './words';

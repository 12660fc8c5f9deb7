import { makeSlot } from '../../kit/slot';

/** Rows that lead from the wallet to what coins and money are for. */
export const WalletRows = makeSlot();

import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

export const refusals: Refusals = {
  balance_too_low: (refused, i18n) => {
    const needed = refused.number('needed');
    const missing = needed === undefined ? 0 : needed - (refused.number('balance') ?? 0);
    return missing > 0
      ? i18n._(msg`There are not enough coins: ${i18n.number(missing)} are missing.`)
      : i18n._(msg`There are not enough coins for this.`);
  },
  earnings_pending: (refused, i18n) => {
    const available = refused.number('available') ?? 0;
    return available > 0
      ? i18n._(msg`Only ${i18n.number(available)} of your earnings can become coins yet.`)
      : i18n._(msg`What was earned lately cannot become coins yet.`);
  },
  debt_blocks: msg`You owe coins for a purchase that was taken back. Until they are paid, nothing can be spent.`,
  wallet_frozen: msg`Your wallet is frozen for now. Nothing in it is lost; your wallet page says more.`,
  idempotency_key_reused: msg`The page lost its thread here. Nothing was charged; reload it and try again.`,
  already_earned: msg`You already have today's coins.`,
  earning_off: msg`No coins are given away here.`,
};

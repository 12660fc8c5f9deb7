import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

export const refusals: Refusals = {
  wallet_frozen_already: msg`This wallet is frozen already.`,
  fraud_case_open: msg`The fraud rules find this payment doubtful. Its case under Fraud is decided first.`,
  adjustment_too_large: (refused, i18n) =>
    i18n._(msg`These are more coins than you may move in a day: ${i18n.number(refused.number('left') ?? 0)} are left.`),
  days_invalid: msg`Choose at most 366 days, the first before the last.`,
};

import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

const noProvider = msg`Nothing can be paid here just now: the people who run this square have not set it up.`;

export const refusals: Refusals = {
  no_provider: noProvider,
  provider_not_connected: noProvider,
  payment_not_open: msg`This purchase cannot be paid any more. Begin a new one; nothing was charged.`,
  payment_not_held: msg`This payment is not held back any more. Reload the page to see what became of it.`,
  refund_under_way: msg`The provider is being asked to give this money back. Wait for its answer.`,
  refund_too_large: msg`There is not that much left of this payment to give back.`,
  payment_not_paid: msg`No money came for this payment, so none can go back.`,
};

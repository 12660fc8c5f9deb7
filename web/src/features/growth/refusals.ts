import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

export const refusals: Refusals = {
  invite_invalid: msg`This invite code is not valid. Check it, or leave it empty.`,
};

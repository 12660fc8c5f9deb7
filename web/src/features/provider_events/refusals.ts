import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

export const refusals: Refusals = {
  difference_closed: msg`This difference is gone or explained already.`,
};

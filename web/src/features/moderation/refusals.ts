import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

export const refusals: Refusals = {
  report_case_decided: msg`Somebody has already decided about these reports. Reload the page to see how.`,
  ban_over: msg`This ban is over or lifted already.`,
};

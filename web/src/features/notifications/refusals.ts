import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

const unreachable = msg`The browser gave us an address that we cannot reach. Try it in another one.`;
const quietHours = msg`These quiet hours cannot be kept. They end at another time than they begin.`;

export const refusals: Refusals = {
  push_is_off: msg`There are no notifications here: those who run this place have not set them up.`,
  url_refused: unreachable,
  push_keys_invalid: unreachable,
  quiet_hours_invalid: quietHours,
  timezone_unknown: quietHours,
};

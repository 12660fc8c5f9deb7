import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

export const refusals: Refusals = {
  legal_text_changed: msg`This text has changed meanwhile. Look at the new one, then go on.`,
};

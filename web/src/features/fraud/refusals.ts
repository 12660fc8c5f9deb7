import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

export const refusals: Refusals = {
  already_decided: msg`Somebody has already decided this. Reload the page to see how.`,
  nothing_to_refund: msg`This is about gifts: there is no payment that could be given back.`,
  person_gone: msg`This person has left. What they paid can only be given back.`,
};

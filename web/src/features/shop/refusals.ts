import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

export const refusals: Refusals = {
  not_for_sale: msg`This is not sold here any more.`,
};

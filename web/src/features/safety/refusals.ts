import { msg } from '@lingui/core/macro';
import { momentOf, type Refusals } from '../../kit/api/words';

export const refusals: Refusals = {
  block_limit_reached: msg`You have blocked three people today. You can still block a single face.`,
  matching_suspended: (refused, i18n) => {
    const when = momentOf(refused, i18n, 'until');
    return i18n._(
      msg`Reports about you are being looked at. Until ${when} you meet nobody new; everything else goes on.`,
    );
  },
};

import { msg } from '@lingui/core/macro';
import { momentOf, type Refusals } from '../../kit/api/words';

export const refusals: Refusals = {
  quota_exhausted: (refused, i18n) => {
    const when = momentOf(refused, i18n, 'resets_at');
    return when
      ? i18n._(msg`Today's meetings are used up. New ones come at ${when}.`)
      : i18n._(msg`Today's meetings are used up. New ones come at midnight.`);
  },
  already_matched: msg`You are with somebody already. Leave that talk first.`,
  place_needed: msg`To look for people nearby, share your approximate location in your profile first.`,
  claim_too_early: (refused, i18n) => {
    const when = momentOf(refused, i18n, 'opens_at');
    return i18n._(msg`It is too early to ask for this meeting back. You can from ${when} on.`);
  },
  claim_too_late: msg`This meeting ended too long ago to ask for it back.`,
};

import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

export const refusals: Refusals = {
  tenant_taken: msg`A community with this address exists already. Choose another address.`,
  tenant_invalid: msg`An address is made of small letters, digits and hyphens.`,
  unknown_tenant: msg`There is no community at this address.`,
  tenant_suspended: msg`This community is closed for now.`,
  tenant_pending: msg`This community is not open yet. The people who run this place look at it first.`,
  tenant_decided: msg`Somebody has already decided about this community. Reload the page.`,
  founding_closed: msg`New communities cannot be started here.`,
  setting_invalid: msg`One of the numbers is not possible. Nothing was changed.`,
};

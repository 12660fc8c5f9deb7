import { msg } from '@lingui/core/macro';
import type { Refusals } from '../../kit/api/words';

export const refusals: Refusals = {
  already_premium: msg`You are a member already.`,
  premium_on_its_way: msg`You have paid for a membership already. It starts when the payment has arrived and been looked at; you will hear about it under News.`,
  not_premium: msg`There is no membership here that could be changed.`,
  premium_cannot_resume: msg`This membership is not renewed. Shortly before it ends, you can buy the next one.`,
  plan_not_for_coins: msg`This membership is paid with money only.`,
  premium_in_store: msg`This membership is managed in the store of your phone. Open the store to change it.`,
};

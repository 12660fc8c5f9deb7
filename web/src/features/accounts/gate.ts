import { pageOf } from '../../kit/lazy-page';

const page = pageOf('accounts');

/** What stands in the frame's place for those who are not in. */
export const LandingPage = page(() => import('./LandingPage'), 'LandingPage');
export const BannedPage = page(() => import('./BannedPage'), 'BannedPage');

/** On the page that staff have of a person. */
export const SecondFactorOf = page<'SecondFactorOf', { userId: string }>(
  () => import('./staff/SecondFactorOf'),
  'SecondFactorOf',
);

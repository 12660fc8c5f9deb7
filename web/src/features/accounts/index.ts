import { lazyPage } from '../../kit/lazy-page';

export { BannedPage, useBanReason } from './BannedPage';
export { logOut, useSwitchFace, useWanted } from './data';
export { INTEREST_NAMES, useInterestWords } from './interests';
export { LandingPage } from './LandingPage';
export { SessionSections } from './slots';

export const SecondFactorOf = lazyPage<'SecondFactorOf', { userId: string }>(
  () => import('./staff/SecondFactorOf'),
  'SecondFactorOf',
);

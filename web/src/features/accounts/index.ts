export { useBanReason } from './BannedPage';
export { logOut, useSwitchFace, useWanted } from './data';
export { BannedPage, LandingPage, SecondFactorOf } from './gate';
export { INTEREST_NAMES, useInterestWords } from './interests';
export { SessionSections } from './slots';

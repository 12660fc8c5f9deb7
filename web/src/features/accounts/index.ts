export { BannedPage, useBanReason } from './BannedPage';
export { logOut, useWanted } from './data';
export { INTEREST_NAMES, useInterestWords } from './interests';
export { LandingPage } from './LandingPage';
export { SessionSections } from './slots';

export { useBanReason } from './BannedPage';
export { logOut, useSwitchFace } from './data';
export { door } from './door';
export {
  BannedPage,
  FounderJoinPage,
  LandingPage,
  LogInPage,
  MemberJoinPage,
  ResetPage,
  SecondFactorOf,
} from './gate';
export { INTEREST_NAMES, useInterestWords } from './interests';
export { useWanted } from './sign-in';
export { SessionSections } from './slots';

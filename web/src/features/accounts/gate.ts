import { pageOf } from '../../kit/lazy-page';
import { staffWords } from './words';

const page = pageOf('accounts');

/** The doors, and what stands in the frame's place for those who are not in. */
export const LandingPage = page(() => import('./LandingPage'), 'LandingPage');
export const MemberJoinPage = page(() => import('./doors'), 'MemberJoinPage');
export const FounderJoinPage = page(() => import('./doors'), 'FounderJoinPage');
export const LogInPage = page(() => import('./doors'), 'LogInPage');
export const ResetPage = page(() => import('./doors'), 'ResetPage');
export const BannedPage = page(() => import('./BannedPage'), 'BannedPage');

/** On the page that staff have of a person. */
export const SecondFactorOf = pageOf('accounts', [staffWords])<'SecondFactorOf', { userId: string }>(
  () => import('./staff/SecondFactorOf'),
  'SecondFactorOf',
);

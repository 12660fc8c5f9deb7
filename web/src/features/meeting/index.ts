export * from './data';
export { INTEREST_NAMES, useInterestWords } from './interests';
export { PeopleTabs } from './PeopleTabs';

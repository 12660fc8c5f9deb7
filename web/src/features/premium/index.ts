export { premiumQuery } from './data';
export { MeetingsToday } from './slots';
export { usePeriodWords } from './words';

export { ConflictOfInterest } from './ConflictOfInterest';
export { DecideSheet } from './DecideSheet';
export { staffChanged, staffData } from './data';
export { PersonName } from './PersonName';
export { StaffFrame, StaffPage, useRunsCommunity } from './StaffPage';
export { pick, useProviderWords } from './words';

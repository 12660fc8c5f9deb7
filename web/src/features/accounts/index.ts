export { BannedPage, useBanReason } from './BannedPage';
export { CodeStep } from './CodeStep';
export { ContactStep } from './ContactStep';
export * from './data';
export { LandingPage } from './LandingPage';

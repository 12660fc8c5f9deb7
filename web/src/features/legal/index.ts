export { legalQuery } from './data';
export { AcceptNotice, LegalLinks } from './LegalLinks';

export { legalQuery } from './data';
export { door } from './door';
export { AcceptNotice, LegalLinks } from './LegalLinks';

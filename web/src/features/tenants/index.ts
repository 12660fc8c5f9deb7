export { door } from './door';

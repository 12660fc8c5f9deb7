export { CaseCard } from './CaseCard';

export * from './data';
export { SquarePage } from './SquarePage';

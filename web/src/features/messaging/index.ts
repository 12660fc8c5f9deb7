export { conversationsQuery } from './data';
export { startMessages } from './start';

export type { WireMessage } from '../api/types';
export type { ClientFrame, News, ServerFrame } from './frames';
export { onNews, sayTyping, useConnection, watchPresence } from './line';

export type { WireMessage } from '../api/types';
export type { ClientFrame, LoggedFrame, News, ServerFrame, WhisperFrame } from './frames';
export { onNews, sayTyping, useConnection, watchPresence } from './line';

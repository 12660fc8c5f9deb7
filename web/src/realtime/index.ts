export type { ClientFrame, LoggedFrame, News, ServerFrame, WhisperFrame, WireMessage } from './frames';
export { onNews, sayTyping, useConnection, watchPresence } from './line';

export { ConversationsPage } from './ConversationsPage';
export { TalkPage } from './TalkPage';

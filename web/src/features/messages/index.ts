export { ConversationPage } from './ConversationPage';
export { ConversationsPage } from './ConversationsPage';
export { LetInSheet } from './LetInSheet';
export { useLetterbox } from './store';

import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { MessageCircle } from 'lucide-react';
import { ask, firstData } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { frame } from '../../kit/routes';
import { SessionSections } from '../accounts';
import { conversationsQuery, listSoon } from './data';
import { refusals } from './refusals';
import { startMessages } from './start';
import { useUnreadMessages } from './unread';

const page = pageOf('messaging');

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/messages',
      component: page(() => import('./ConversationsPage'), 'ConversationsPage'),
      loader: firstData(() => [ask(conversationsQuery)]),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/messages/$conversationId',
      staticData: { bare: true },
      component: page(() => import('./ConversationPage'), 'ConversationPage'),
      loader: firstData(() => [ask(conversationsQuery)]),
    }),
  ],
};

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shows: ['gifts', 'meeting', 'safety'],
  places: [
    {
      rank: 30,
      to: '/messages',
      title: msg`Messages`,
      icon: <MessageCircle aria-hidden />,
      phone: 'bar',
      useCount: useUnreadMessages,
    },
  ],
  beside: [page(() => import('./GiftToasts'), 'GiftToasts')],
  frames: {
    message: ({ message }) => {
      if (message.type !== 'reaction') listSoon();
    },
    receipt: ({ mine }) => {
      if (mine) listSoon();
    },
    match_ended: listSoon,
  },
  refusals,
  start: () => {
    SessionSections.fill(page(() => import('./LetInSection'), 'LetInSection'));
    startMessages();
  },
};

import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { MessageCircle } from 'lucide-react';
import { lazyPage } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { frame } from '../../kit/routes';
import { SessionSections } from '../accounts';
import { GiftToasts } from './GiftToasts';
import { refusals } from './refusals';
import { startMessages } from './start';
import { countAnew, useUnreadMessages } from './unread';

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/messages',
      component: lazyPage(() => import('./ConversationsPage'), 'ConversationsPage'),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/messages/$conversationId',
      staticData: { bare: true },
      component: lazyPage(() => import('./ConversationPage'), 'ConversationPage'),
    }),
  ],
};

export const room: Room = {
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
  beside: [GiftToasts],
  frames: {
    message: ({ message }) => {
      if (message.type === 'text') countAnew();
    },
    receipt: ({ mine }) => {
      if (mine) countAnew();
    },
    match_ended: countAnew,
  },
  refusals,
  start: () => {
    SessionSections.fill(lazyPage(() => import('./LetInSection'), 'LetInSection'));
    startMessages();
  },
};

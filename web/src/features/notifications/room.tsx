import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { Bell as BellIcon } from 'lucide-react';
import { changed } from '../../kit/api/calls';
import { lazyPage } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { frame } from '../../kit/routes';
import { Bell, useUnread } from './Bell';

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/notifications',
      component: lazyPage(() => import('./NotificationsPage'), 'NotificationsPage'),
    }),
  ],
};

export const room: Room = {
  places: [
    {
      rank: 40,
      to: '/notifications',
      title: msg`News`,
      icon: <BellIcon aria-hidden />,
      phone: 'top',
      useCount: useUnread,
    },
  ],
  top: [{ rank: 20, Part: Bell }],
  frames: { notification: () => changed(['notifications']) },
};

import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { Gift } from 'lucide-react';
import { lazyPage } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { me } from '../../kit/routes';
import { refusals } from './refusals';

export const routes = {
  me: [
    createRoute({
      getParentRoute: () => me,
      path: '/invite',
      component: lazyPage(() => import('./InvitePage'), 'InvitePage'),
    }),
  ],
};

export const room: Room = {
  rows: [
    {
      list: 'me.self',
      rank: 30,
      to: '/me/invite',
      title: msg`Invite a friend`,
      icon: <Gift aria-hidden className="size-5.5" />,
    },
  ],
  refusals,
};

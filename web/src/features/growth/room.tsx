import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { Gift } from 'lucide-react';
import { ask, firstData } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { me } from '../../kit/routes';
import { inviteQuery } from './data';
import { refusals } from './refusals';

const page = pageOf('growth');

export const routes = {
  me: [
    createRoute({
      getParentRoute: () => me,
      path: '/invite',
      component: page(() => import('./InvitePage'), 'InvitePage'),
      loader: firstData(() => [ask(inviteQuery)]),
    }),
  ],
};

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shownBy: ['notifications'],
  rows: [
    {
      list: 'me.self',
      rank: 30,
      to: '/me/invite',
      title: msg`Invite a friend`,
      icon: <Gift aria-hidden className="size-5.5" />,
    },
  ],
  news: () => import('./news'),
  refusals,
};

import { msg } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { createRoute } from '@tanstack/react-router';
import { Bell as BellIcon, BellRing } from 'lucide-react';
import { changed } from '../../kit/api/calls';
import { ask, askPages, firstData } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import { loadNews, type Room } from '../../kit/room';
import { frame, me, text } from '../../kit/routes';
import { notificationsQuery, pushQuery } from './data';
import { refusals } from './refusals';
import { startNotifications } from './start';
import { Bell, useUnread } from './top';

const page = pageOf('notifications');

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/notifications',
      component: page(
        async () => (await Promise.all([import('./NotificationsPage'), loadNews()]))[0],
        'NotificationsPage',
      ),
      loader: firstData(() => [askPages(notificationsQuery)]),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/from-push',
      validateSearch: (search: Record<string, unknown>): { to?: string; profile?: string } => ({
        to: text(search.to),
        profile: text(search.profile),
      }),
      component: page(() => import('./PushTargetPage'), 'PushTargetPage'),
    }),
  ],
  me: [
    createRoute({
      getParentRoute: () => me,
      path: '/push',
      component: page(() => import('./PushPage'), 'PushPage'),
      loader: firstData(() => [ask(pushQuery)]),
    }),
  ],
};

function PushWords() {
  return <Trans>What this device tells you, and when not</Trans>;
}

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shows: ['accounts'],
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
  rows: [
    {
      list: 'me.account',
      rank: 25,
      to: '/me/push',
      title: msg`Notifications`,
      icon: <BellRing aria-hidden className="size-5.5" />,
      Words: PushWords,
    },
  ],
  top: [{ rank: 20, Part: Bell }],
  above: [page(() => import('./PushAsk'), 'PushAsk')],
  beside: [page(() => import('./PushTargets'), 'PushTargets')],
  frames: { notification: () => changed(['notifications']) },
  refusals,
  start: startNotifications,
};

import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { Sparkles } from 'lucide-react';
import { changed } from '../../kit/api/calls';
import { ask, firstData } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { frame } from '../../kit/routes';
import { premiumQuery } from './data';
import { refusals } from './refusals';

const page = pageOf('premium');

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/premium',
      staticData: { coins: true, place: '/wallet' },
      component: page(() => import('./PremiumPage'), 'PremiumPage'),
      loader: firstData(() => [ask(premiumQuery)]),
    }),
  ],
};

const icon = <Sparkles aria-hidden className="size-5.5" />;

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shows: ['payments', 'wallet'],
  shownBy: ['notifications'],
  news: () => import('./news'),
  rows: [
    { list: 'me.coins', rank: 20, to: '/premium', title: msg`Premium`, icon },
    {
      list: 'wallet',
      rank: 10,
      to: '/premium',
      title: msg`Premium`,
      icon,
      Words: page(() => import('./MembershipInBrief'), 'MembershipInBrief'),
    },
  ],
  frames: { subscription: () => changed(['premium']) },
  refusals,
};

import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { createRoute } from '@tanstack/react-router';
import { Gift } from 'lucide-react';
import { changed } from '../../kit/api/calls';
import { askPages, firstData } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { frame } from '../../kit/routes';
import { giftsReceivedQuery, giftsSentQuery } from './data';
import { wordGifts } from './movements';

const page = pageOf('gifts');

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/wallet/gifts',
      staticData: { coins: true },
      component: page(() => import('./GiftsPage'), 'GiftsPage'),
      loader: firstData(() => [askPages(giftsReceivedQuery)]),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/wallet/gifts/given',
      staticData: { coins: true },
      component: page(() => import('./GiftsPage'), 'GiftsSentPage'),
      loader: firstData(() => [askPages(giftsSentQuery)]),
    }),
  ],
};

function GiftsWords() {
  const { t } = useLingui();
  return t`What you got, and what you gave`;
}

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shows: ['wallet'],
  shownBy: ['notifications', 'wallet'],
  news: () => import('./news'),
  rows: [
    {
      list: 'wallet',
      rank: 30,
      to: '/wallet/gifts',
      title: msg`Gifts`,
      icon: <Gift aria-hidden className="size-5.5" />,
      Words: GiftsWords,
    },
  ],
  frames: { gift_received: () => changed(['gifts']) },
  start: wordGifts,
};

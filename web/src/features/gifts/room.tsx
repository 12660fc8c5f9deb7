import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { createRoute } from '@tanstack/react-router';
import { Gift } from 'lucide-react';
import { changed } from '../../kit/api/calls';
import { lazyPage } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { frame } from '../../kit/routes';
import { wordGifts } from './movements';

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/wallet/gifts',
      staticData: { coins: true },
      component: lazyPage(() => import('./GiftsPage'), 'GiftsPage'),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/wallet/gifts/given',
      staticData: { coins: true },
      component: lazyPage(() => import('./GiftsPage'), 'GiftsSentPage'),
    }),
  ],
};

function GiftsWords() {
  const { t } = useLingui();
  return t`What you got, and what you gave`;
}

export const room: Room = {
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

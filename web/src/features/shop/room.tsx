import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { staff } from '../../kit/routes';
import { refusals } from './refusals';

const page = pageOf('shop');

export const routes = {
  staff: [
    createRoute({
      getParentRoute: () => staff,
      path: '/shop',
      component: page(() => import('./ShopPage'), 'ShopPage'),
    }),
  ],
};

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shows: ['gifts', 'premium'],
  tabs: [{ of: 'staff', rank: 80, to: '/staff/shop', title: msg`Shop` }],
  refusals,
};

import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { ask } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { staff } from '../../kit/routes';
import { staffData } from '../../kit/staff';
import { giftsQuery, packagesQuery, plansQuery, providersQuery } from './data';
import { refusals } from './refusals';

const page = pageOf('shop');

export const routes = {
  staff: [
    createRoute({
      getParentRoute: () => staff,
      path: '/shop',
      component: page(() => import('./ShopPage'), 'ShopPage'),
      loader: staffData(() => [ask(packagesQuery), ask(plansQuery), ask(giftsQuery), ask(providersQuery)]),
    }),
  ],
};

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shows: ['gifts', 'premium'],
  tabs: [{ of: 'staff', rank: 80, to: '/staff/shop', title: msg`Shop` }],
  refusals,
};

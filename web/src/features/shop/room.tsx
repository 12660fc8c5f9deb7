import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { lazyPage } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { staff } from '../../kit/routes';
import { refusals } from './refusals';

export const routes = {
  staff: [
    createRoute({
      getParentRoute: () => staff,
      path: '/shop',
      component: lazyPage(() => import('./ShopPage'), 'ShopPage'),
    }),
  ],
};

export const room: Room = {
  tabs: [{ of: 'staff', rank: 80, to: '/staff/shop', title: msg`Shop` }],
  refusals,
};

import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { lazyPage } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { frame } from '../../kit/routes';
import { refusals } from './refusals';

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/people/blocked',
      component: lazyPage(() => import('./BlockedPage'), 'BlockedPage'),
    }),
  ],
};

export const room: Room = {
  tabs: [{ of: 'people', rank: 30, to: '/people/blocked', title: msg`Blocked` }],
  refusals,
};

import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { lazyPage } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { root, staff } from '../../kit/routes';
import { refusals } from './refusals';

export const routes = {
  doors: [
    createRoute({
      getParentRoute: () => root,
      path: '/terms',
      component: lazyPage(() => import('./pages'), 'TermsPage'),
    }),
    createRoute({
      getParentRoute: () => root,
      path: '/privacy',
      component: lazyPage(() => import('./pages'), 'PrivacyPage'),
    }),
  ],
  staff: [
    createRoute({
      getParentRoute: () => staff,
      path: '/legal',
      component: lazyPage(() => import('./StaffLegalPage'), 'StaffLegalPage'),
    }),
  ],
};

export const room: Room = {
  tabs: [{ of: 'staff', rank: 90, to: '/staff/legal', title: msg`Legal texts` }],
  refusals,
};

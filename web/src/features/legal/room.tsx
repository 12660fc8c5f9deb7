import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { root, staff } from '../../kit/routes';
import { refusals } from './refusals';

const page = pageOf('legal');

export const routes = {
  doors: [
    createRoute({
      getParentRoute: () => root,
      path: '/terms',
      component: page(() => import('./pages'), 'TermsPage'),
    }),
    createRoute({
      getParentRoute: () => root,
      path: '/privacy',
      component: page(() => import('./pages'), 'PrivacyPage'),
    }),
  ],
  staff: [
    createRoute({
      getParentRoute: () => staff,
      path: '/legal',
      component: page(() => import('./StaffLegalPage'), 'StaffLegalPage'),
    }),
  ],
};

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  tabs: [{ of: 'staff', rank: 90, to: '/staff/legal', title: msg`Legal texts` }],
  refusals,
};

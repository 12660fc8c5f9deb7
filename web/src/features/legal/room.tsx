import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { ask, doorData } from '../../kit/first-data';
import { i18n } from '../../kit/i18n';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { root, staff } from '../../kit/routes';
import { staffData } from '../../kit/staff';
import { type Language, legalQuery } from './data';
import { refusals } from './refusals';
import { legalTextQuery, operatorQuery } from './staff-data';

const page = pageOf('legal');

export const routes = {
  doors: [
    createRoute({
      getParentRoute: () => root,
      path: '/terms',
      component: page(() => import('./pages'), 'TermsPage'),
      loader: doorData(() => [ask(legalQuery(i18n.locale as Language))]),
    }),
    createRoute({
      getParentRoute: () => root,
      path: '/privacy',
      component: page(() => import('./pages'), 'PrivacyPage'),
      loader: doorData(() => [ask(legalQuery(i18n.locale as Language))]),
    }),
  ],
  staff: [
    createRoute({
      getParentRoute: () => staff,
      path: '/legal',
      component: page(() => import('./StaffLegalPage'), 'StaffLegalPage'),
      loader: staffData(() => [ask(operatorQuery), ask(legalTextQuery('terms', i18n.locale as Language))]),
    }),
  ],
};

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  tabs: [{ of: 'staff', rank: 90, to: '/staff/legal', title: msg`Legal texts` }],
  refusals,
};

import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { ask, askPages } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { staff } from '../../kit/routes';
import { staffData } from '../../kit/staff';
import { casesQuery, rulesQuery } from './data';
import { refusals } from './refusals';

const page = pageOf('fraud');

export const routes = {
  staff: [
    createRoute({
      getParentRoute: () => staff,
      path: '/fraud',
      component: page(() => import('./FraudPage'), 'FraudPage'),
      loader: staffData(() => [askPages(casesQuery('open'))]),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/fraud/rules',
      component: page(() => import('./RulesPage'), 'RulesPage'),
      loader: staffData(() => [ask(rulesQuery)]),
    }),
  ],
};

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shows: ['wallet'],
  tabs: [{ of: 'staff', rank: 60, to: '/staff/fraud', title: msg`Fraud` }],
  refusals,
};

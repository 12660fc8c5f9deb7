import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { ask } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { staff } from '../../kit/routes';
import { staffData } from '../../kit/staff';
import { reconciliationQuery } from './data';
import { refusals } from './refusals';

const page = pageOf('provider_events');

export const routes = {
  staff: [
    createRoute({
      getParentRoute: () => staff,
      path: '/reconciliation',
      component: page(() => import('./ReconciliationPage'), 'ReconciliationPage'),
      loader: staffData(() => [ask(reconciliationQuery)]),
    }),
  ],
};

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  tabs: [{ of: 'staff', rank: 70, to: '/staff/reconciliation', title: msg`Reconciliation` }],
  refusals,
};

import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { staff } from '../../kit/routes';
import { refusals } from './refusals';

const page = pageOf('provider_events');

export const routes = {
  staff: [
    createRoute({
      getParentRoute: () => staff,
      path: '/reconciliation',
      component: page(() => import('./ReconciliationPage'), 'ReconciliationPage'),
    }),
  ],
};

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  tabs: [{ of: 'staff', rank: 70, to: '/staff/reconciliation', title: msg`Reconciliation` }],
  refusals,
};

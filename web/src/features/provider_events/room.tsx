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
      path: '/reconciliation',
      component: lazyPage(() => import('./ReconciliationPage'), 'ReconciliationPage'),
    }),
  ],
};

export const room: Room = {
  tabs: [{ of: 'staff', rank: 70, to: '/staff/reconciliation', title: msg`Reconciliation` }],
  refusals,
};

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
      path: '/fraud',
      component: lazyPage(() => import('./FraudPage'), 'FraudPage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/fraud/rules',
      component: lazyPage(() => import('./RulesPage'), 'RulesPage'),
    }),
  ],
};

export const room: Room = {
  tabs: [{ of: 'staff', rank: 60, to: '/staff/fraud', title: msg`Fraud` }],
  refusals,
};

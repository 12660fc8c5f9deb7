import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { createRoute } from '@tanstack/react-router';
import { ChartColumn } from 'lucide-react';
import { lazyPage } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { staff, text } from '../../kit/routes';
import { refusals } from './refusals';

export const routes = {
  staff: [
    createRoute({
      getParentRoute: () => staff,
      path: '/',
      component: lazyPage(() => import('./RevenuePage'), 'RevenuePage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/payments',
      component: lazyPage(() => import('./PaymentsPage'), 'PaymentsPage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/payments/$paymentId',
      component: lazyPage(() => import('./PaymentPage'), 'PaymentPage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/transactions',
      component: lazyPage(() => import('./TransactionsPage'), 'TransactionsPage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/people',
      validateSearch: (search: Record<string, unknown>): { name?: string } => ({ name: text(search.name) }),
      component: lazyPage(() => import('./PeoplePage'), 'PeoplePage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/people/$userId',
      component: lazyPage(() => import('./PersonPage'), 'PersonPage'),
    }),
  ],
};

function StaffWords() {
  const { t } = useLingui();
  return t`Revenue, payments, reports, fraud, the shop`;
}

export const room: Room = {
  rows: [
    {
      list: 'me.staff',
      rank: 10,
      to: '/staff',
      title: msg`Running the square`,
      icon: <ChartColumn aria-hidden className="size-5.5" />,
      Words: StaffWords,
      roles: ['admin', 'owner'],
    },
  ],
  tabs: [
    { of: 'staff', rank: 10, to: '/staff', title: msg`Revenue` },
    { of: 'staff', rank: 20, to: '/staff/payments', title: msg`Payments` },
    { of: 'staff', rank: 30, to: '/staff/transactions', title: msg`Transactions` },
    { of: 'staff', rank: 40, to: '/staff/people', title: msg`People` },
  ],
  refusals,
};

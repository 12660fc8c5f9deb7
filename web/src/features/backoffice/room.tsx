import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { createRoute } from '@tanstack/react-router';
import { ChartColumn } from 'lucide-react';
import { ask, askPages } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { staff, text } from '../../kit/routes';
import { staffData } from '../../kit/staff';
import {
  ledgerQuery,
  memberQuery,
  paymentQuery,
  paymentsQuery,
  peopleQuery,
  revenueQuery,
  transactionsQuery,
} from './data';
import { refusals } from './refusals';
import { type PaymentSearch, paymentSearch } from './searches';

const page = pageOf('backoffice');

export const routes = {
  staff: [
    createRoute({
      getParentRoute: () => staff,
      path: '/',
      component: page(() => import('./RevenuePage'), 'RevenuePage'),
      loader: staffData(() => [ask(revenueQuery()), ask(ledgerQuery)]),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/payments',
      validateSearch: paymentSearch,
      component: page(() => import('./PaymentsPage'), 'PaymentsPage'),
      loader: staffData(({ location: { search } }: { location: { search: PaymentSearch } }) => [
        askPages(paymentsQuery(paymentSearch(search))),
      ]),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/payments/$paymentId',
      component: page(() => import('./PaymentPage'), 'PaymentPage'),
      loader: staffData(({ params }: { params: { paymentId: string } }) => [ask(paymentQuery(params.paymentId))]),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/transactions',
      component: page(() => import('./TransactionsPage'), 'TransactionsPage'),
      loader: staffData(() => [askPages(transactionsQuery(''))]),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/people',
      validateSearch: (search: Record<string, unknown>): { name?: string } => ({ name: text(search.name) }),
      component: page(() => import('./PeoplePage'), 'PeoplePage'),
      loader: staffData(({ location: { search } }: { location: { search: { name?: string } } }) =>
        search.name ? ask(peopleQuery(search.name)) : null,
      ),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/people/$userId',
      component: page(() => import('./PersonPage'), 'PersonPage'),
      loader: staffData(({ params }: { params: { userId: string } }) => [
        ask(memberQuery(params.userId)),
        askPages(paymentsQuery({}, params.userId)),
        askPages(transactionsQuery('', params.userId)),
      ]),
    }),
  ],
};

function StaffWords() {
  const { t } = useLingui();
  return t`Revenue, payments, reports, fraud, the shop`;
}

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shows: ['accounts', 'fraud', 'wallet'],
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

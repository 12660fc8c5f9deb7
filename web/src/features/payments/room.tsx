import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { createRoute } from '@tanstack/react-router';
import { Receipt } from 'lucide-react';
import { changed } from '../../kit/api/calls';
import { ask, askPages, firstData } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { frame } from '../../kit/routes';
import { walletQuery } from '../wallet';
import { packagesQuery, paymentQuery, paymentsQuery, placesQuery } from './data';
import { refusals } from './refusals';

const page = pageOf('payments');

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/wallet/buy',
      component: page(() => import('./BuyPage'), 'BuyPage'),
      loader: firstData(() => [ask(packagesQuery), ask(placesQuery), ask(walletQuery)]),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/wallet/payments',
      staticData: { coins: true },
      component: page(() => import('./PaymentsPage'), 'PaymentsPage'),
      loader: firstData(() => [askPages(paymentsQuery)]),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/wallet/payments/$paymentId',
      staticData: { coins: true },
      component: page(() => import('./PaymentPage'), 'PaymentPage'),
      loader: firstData(({ params }: { params: { paymentId: string } }) => [ask(paymentQuery(params.paymentId))]),
    }),
  ],
};

function PaymentsWords() {
  const { t } = useLingui();
  return t`Payments you have made`;
}

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shows: ['wallet'],
  shownBy: ['notifications'],
  news: () => import('./news'),
  rows: [
    {
      list: 'wallet',
      rank: 40,
      to: '/wallet/payments',
      title: msg`Payments`,
      icon: <Receipt aria-hidden className="size-5.5" />,
      Words: PaymentsWords,
    },
  ],
  frames: { payment: () => changed(['payments']) },
  refusals,
};

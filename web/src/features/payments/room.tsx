import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { createRoute } from '@tanstack/react-router';
import { Receipt } from 'lucide-react';
import { changed } from '../../kit/api/calls';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { frame } from '../../kit/routes';
import { refusals } from './refusals';

const page = pageOf('payments');

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/wallet/buy',
      component: page(() => import('./BuyPage'), 'BuyPage'),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/wallet/payments',
      staticData: { coins: true },
      component: page(() => import('./PaymentsPage'), 'PaymentsPage'),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/wallet/payments/$paymentId',
      staticData: { coins: true },
      component: page(() => import('./PaymentPage'), 'PaymentPage'),
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

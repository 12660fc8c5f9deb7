import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { createRoute } from '@tanstack/react-router';
import { History } from 'lucide-react';
import { changed } from '../../kit/api/calls';
import { ask, askPages, firstData } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { frame } from '../../kit/routes';
import { Coin, Coins } from '../../kit/ui';
import { earningQuery, earningsQuery, movementsQuery, walletQuery } from './data';
import { refusals } from './refusals';
import { CoinCount } from './top';

const page = pageOf('wallet');

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/wallet',
      component: page(() => import('./WalletPage'), 'WalletPage'),
      loader: firstData(() => [ask(walletQuery), ask(earningQuery), ask(earningsQuery)]),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/wallet/history',
      component: page(() => import('./HistoryPage'), 'HistoryPage'),
      loader: firstData(() => [askPages(movementsQuery), ask(walletQuery)]),
    }),
  ],
};

function Balance() {
  const { data: wallet } = useQuery(walletQuery);
  return wallet ? <Coins amount={wallet.balance} /> : null;
}

function HistoryWords() {
  const { t } = useLingui();
  return t`Every coin that came or went, and why`;
}

const walletChanged = () => changed(['wallet']);

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shownBy: ['notifications'],
  news: () => import('./news'),
  places: [{ rank: 50, to: '/wallet', title: msg`Wallet`, icon: <Coin className="size-5.5" />, phone: 'me' }],
  rows: [
    {
      list: 'me.coins',
      rank: 10,
      to: '/wallet',
      title: msg`Wallet`,
      icon: <Coin className="size-5.5" />,
      Words: Balance,
    },
    {
      list: 'wallet',
      rank: 20,
      to: '/wallet/history',
      title: msg`History`,
      icon: <History aria-hidden className="size-5.5" />,
      Words: HistoryWords,
    },
  ],
  top: [{ rank: 10, Part: CoinCount }],
  frames: { wallet: walletChanged, payment: walletChanged, gift_received: walletChanged },
  refusals,
};

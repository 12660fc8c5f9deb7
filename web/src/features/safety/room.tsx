import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { askPages, firstData } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { frame } from '../../kit/routes';
import { blocksQuery } from './data';
import { refusals } from './refusals';

const page = pageOf('safety');

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/people/blocked',
      component: page(() => import('./BlockedPage'), 'BlockedPage'),
      loader: firstData(() => [askPages(blocksQuery)]),
    }),
  ],
};

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shows: ['accounts', 'gifts'],
  tabs: [{ of: 'people', rank: 30, to: '/people/blocked', title: msg`Blocked` }],
  refusals,
};

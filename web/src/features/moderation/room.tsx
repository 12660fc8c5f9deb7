import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { createRoute } from '@tanstack/react-router';
import { Flag } from 'lucide-react';
import { askPages } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { staff } from '../../kit/routes';
import { staffData } from '../../kit/staff';
import { reportCasesQuery } from './data';
import { refusals } from './refusals';

const page = pageOf('moderation');

export const routes = {
  staff: [
    createRoute({
      getParentRoute: () => staff,
      path: '/reports',
      staticData: { moderators: true },
      component: page(() => import('./ReportsPage'), 'ReportsPage'),
      loader: staffData(() => [askPages(reportCasesQuery('suspended'))]),
    }),
  ],
};

function ReportsWords() {
  const { t } = useLingui();
  return t`Decide about reported people`;
}

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shows: ['accounts', 'safety'],
  shownBy: ['notifications'],
  rows: [
    {
      list: 'me.staff',
      rank: 20,
      to: '/staff/reports',
      title: msg`Reports`,
      icon: <Flag aria-hidden className="size-5.5" />,
      Words: ReportsWords,
      roles: ['moderator'],
    },
  ],
  tabs: [{ of: 'staff', rank: 50, to: '/staff/reports', title: msg`Reports` }],
  news: () => import('./news'),
  refusals,
};

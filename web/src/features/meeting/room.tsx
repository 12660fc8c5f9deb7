import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { Users } from 'lucide-react';
import { Suspense } from 'react';
import { changed } from '../../kit/api/calls';
import { wasSignedIn } from '../../kit/api/session';
import { ask, askPages, firstData } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { frame, text } from '../../kit/routes';
import { SquareIcon } from '../../kit/ui';
import { MeetingsToday } from '../premium';
import { claimsQuery, historyQuery, stateQuery } from './data';
import { refusals } from './refusals';

const page = pageOf('meeting');
const Square = page(() => import('./SquarePage'), 'SquarePage');

/** Loaded when it is drawn: before the log in, the frame shows the landing page in its place. */
function Home() {
  return (
    <Suspense>
      <Square />
    </Suspense>
  );
}

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/',
      // An invitation leads to the square itself; the door keeps its code.
      validateSearch: (search: Record<string, unknown>): { invite?: string } => ({ invite: text(search.invite) }),
      component: Home,
      loader: firstData(() => [ask(stateQuery), askPages(historyQuery)]),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/waiting',
      component: page(() => import('./WaitingPage'), 'WaitingPage'),
      loader: firstData(() => [ask(stateQuery)]),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/people',
      component: page(() => import('./PeoplePage'), 'PeoplePage'),
      loader: firstData(() => [askPages(historyQuery)]),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/people/claims',
      component: page(() => import('./PeoplePage'), 'ClaimsPage'),
      loader: firstData(() => [askPages(claimsQuery), askPages(historyQuery)]),
    }),
  ],
};

const stateChanged = () => changed(['match']);

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shows: ['accounts', 'premium', 'safety', 'wallet'],
  shownBy: ['notifications'],
  places: [
    { rank: 10, to: '/', title: msg`Square`, icon: <SquareIcon />, phone: 'bar' },
    { rank: 20, to: '/people', title: msg`People`, icon: <Users aria-hidden />, phone: 'bar' },
  ],
  tabs: [
    { of: 'people', rank: 10, to: '/people', title: msg`Met` },
    { of: 'people', rank: 20, to: '/people/claims', title: msg`Asked back` },
  ],
  beside: [page(() => import('./MatchToasts'), 'MatchToasts')],
  dock: [page(() => import('./WaitingDock'), 'WaitingDock')],
  frames: {
    match_made: stateChanged,
    match_ended: stateChanged,
    ticket_ended: stateChanged,
    matching_suspended: stateChanged,
    claim_decided: () => changed(['match'], ['claims']),
    wallet: stateChanged, // coins buy meetings
    subscription: stateChanged, // a membership has larger rights
  },
  news: () => import('./news'),
  refusals,
  start: () => {
    MeetingsToday.fill(page(() => import('./MeetingsToday'), 'MeetingsToday'));
    if (wasSignedIn() && location.pathname === '/') void Square.preload();
  },
};

import { msg } from '@lingui/core/macro';
import { createRoute } from '@tanstack/react-router';
import { Users } from 'lucide-react';
import { changed } from '../../kit/api/calls';
import { lazyPage } from '../../kit/lazy-page';
import type { Room } from '../../kit/room';
import { frame, text } from '../../kit/routes';
import { SquareIcon } from '../../kit/ui';
import { MeetingsToday } from '../premium';
import { MatchToasts } from './MatchToasts';
import { refusals } from './refusals';
import { SquarePage } from './SquarePage';

export const routes = {
  pages: [
    createRoute({
      getParentRoute: () => frame,
      path: '/',
      // An invitation leads to the square itself; the door keeps its code.
      validateSearch: (search: Record<string, unknown>): { invite?: string } => ({ invite: text(search.invite) }),
      component: SquarePage,
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/waiting',
      component: lazyPage(() => import('./WaitingPage'), 'WaitingPage'),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/people',
      component: lazyPage(() => import('./PeoplePage'), 'PeoplePage'),
    }),
    createRoute({
      getParentRoute: () => frame,
      path: '/people/claims',
      component: lazyPage(() => import('./PeoplePage'), 'ClaimsPage'),
    }),
  ],
};

const stateChanged = () => changed(['match']);

export const room: Room = {
  places: [
    { rank: 10, to: '/', title: msg`Square`, icon: <SquareIcon />, phone: 'bar' },
    { rank: 20, to: '/people', title: msg`People`, icon: <Users aria-hidden />, phone: 'bar' },
  ],
  tabs: [
    { of: 'people', rank: 10, to: '/people', title: msg`Met` },
    { of: 'people', rank: 20, to: '/people/claims', title: msg`Asked back` },
  ],
  beside: [MatchToasts],
  frames: {
    match_made: stateChanged,
    match_ended: stateChanged,
    ticket_ended: stateChanged,
    matching_suspended: stateChanged,
    claim_decided: () => changed(['match'], ['claims']),
    wallet: stateChanged, // coins buy meetings
    subscription: stateChanged, // a membership has larger rights
  },
  refusals,
  start: () => MeetingsToday.fill(lazyPage(() => import('./MeetingsToday'), 'MeetingsToday')),
};

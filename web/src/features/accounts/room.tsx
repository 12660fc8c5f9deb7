import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { createRoute } from '@tanstack/react-router';
import { Database, KeyRound, MonitorSmartphone, Moon, Palette, UserRound } from 'lucide-react';
import { changed } from '../../kit/api/calls';
import { endSession, useMe, wasSignedIn } from '../../kit/api/session';
import { ask, firstData } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import { secondFactorQuery } from '../../kit/queries';
import type { Room } from '../../kit/room';
import { me, root, staff, text } from '../../kit/routes';
import { staffData } from '../../kit/staff';
import { waitingCommunitiesQuery } from './admission/data';
import { devicesQuery, passkeysQuery, sessionsQuery, useWanted } from './data';
import { LandingPage } from './gate';
import { refusals } from './refusals';
import { staffQuery } from './staff/data';

const page = pageOf('accounts');

/** The doors: pages for those who are not in yet. */
const doors = [
  createRoute({
    getParentRoute: () => root,
    path: '/join',
    validateSearch: (search: Record<string, unknown>): { invite?: string } => ({ invite: text(search.invite) }),
    component: page(() => import('./doors'), 'MemberJoinPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/community',
    component: page(() => import('./doors'), 'FounderJoinPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/login',
    validateSearch: (search: Record<string, unknown>): { next?: string } => ({ next: text(search.next) }),
    component: page(() => import('./doors'), 'LogInPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/reset',
    component: page(() => import('./doors'), 'ResetPage'),
  }),
];

const settings = [
  createRoute({
    getParentRoute: () => me,
    path: '/profile',
    component: page(() => import('./settings/ProfilePage'), 'ProfilePage'),
  }),
  createRoute({
    getParentRoute: () => me,
    path: '/faces',
    component: page(() => import('./settings/FacesPage'), 'FacesPage'),
  }),
  createRoute({
    getParentRoute: () => me,
    path: '/sign-in',
    component: page(() => import('./settings/SignInPage'), 'SignInPage'),
    loader: firstData(() => [ask(passkeysQuery), ask(secondFactorQuery)]),
  }),
  createRoute({
    getParentRoute: () => me,
    path: '/sessions',
    component: page(() => import('./settings/SessionsPage'), 'SessionsPage'),
    loader: firstData(() => [ask(sessionsQuery), ask(devicesQuery)]),
  }),
  createRoute({
    getParentRoute: () => me,
    path: '/appearance',
    component: page(() => import('./settings/AppearancePage'), 'AppearancePage'),
  }),
  createRoute({
    getParentRoute: () => me,
    path: '/data',
    component: page(() => import('./settings/DataPage'), 'DataPage'),
  }),
];

const team = [
  createRoute({
    getParentRoute: () => staff,
    path: '/team',
    component: page(() => import('./staff/TeamPage'), 'TeamPage'),
    loader: staffData(() => [ask(staffQuery)]),
  }),
];

const admission = [
  createRoute({
    getParentRoute: () => staff,
    path: '/contacts',
    component: page(() => import('./admission/ContactsPage'), 'ContactsPage'),
  }),
  createRoute({
    getParentRoute: () => staff,
    path: '/communities',
    component: page(() => import('./admission/CommunitiesPage'), 'CommunitiesPage'),
    loader: staffData(() => [ask(waitingCommunitiesQuery)]),
  }),
];

export const routes = { doors, me: settings, staff: [...team, ...admission] };

function ProfileWords() {
  const { t } = useLingui();
  return t`Alias, a few words, interests`;
}

function FacesWords() {
  const { t } = useLingui();
  return useMe().profile.face === 'shadow' ? t`You are your shadow now` : t`Your real face and your shadow`;
}

function SignInWords() {
  const { t } = useLingui();
  const wanted = useWanted();
  if (useMe().verified) return t`Phone, e-mail, password`;
  return wanted === 'phone' ? t`Verify a phone to meet people` : t`Verify a phone or an e-mail to meet people`;
}

function AppearanceWords() {
  const { t } = useLingui();
  return t`Turkish or English, day or night`;
}

function DataWords() {
  const { t } = useLingui();
  return t`Take it with you, or erase it`;
}

export const room: Room = {
  words: { en: () => import('./locales/en.po'), tr: () => import('./locales/tr.po') },
  shows: ['legal'],
  shownBy: ['notifications'],
  news: () => import('./news'),
  places: [{ rank: 60, to: '/me', title: msg`Me`, icon: <UserRound aria-hidden />, phone: 'bar' }],
  rows: [
    {
      list: 'me.self',
      rank: 10,
      to: '/me/profile',
      title: msg`Profile`,
      icon: <UserRound aria-hidden className="size-5.5" />,
      Words: ProfileWords,
    },
    {
      list: 'me.self',
      rank: 20,
      to: '/me/faces',
      title: msg`Faces`,
      icon: <Moon aria-hidden className="size-5.5" />,
      Words: FacesWords,
    },
    {
      list: 'me.account',
      rank: 10,
      to: '/me/sign-in',
      title: msg`Logging in`,
      icon: <KeyRound aria-hidden className="size-5.5" />,
      Words: SignInWords,
    },
    {
      list: 'me.account',
      rank: 20,
      to: '/me/sessions',
      title: msg`Sessions and devices`,
      icon: <MonitorSmartphone aria-hidden className="size-5.5" />,
    },
    {
      list: 'me.account',
      rank: 30,
      to: '/me/appearance',
      title: msg`Language and appearance`,
      icon: <Palette aria-hidden className="size-5.5" />,
      Words: AppearanceWords,
    },
    {
      list: 'me.account',
      rank: 40,
      to: '/me/data',
      title: msg`My data`,
      icon: <Database aria-hidden className="size-5.5" />,
      Words: DataWords,
    },
  ],
  tabs: [
    { of: 'staff', rank: 100, to: '/staff/team', title: msg`Team` },
    { of: 'staff', rank: 110, to: '/staff/contacts', title: msg`New owners` },
    { of: 'staff', rank: 120, to: '/staff/communities', title: msg`Communities`, installation: true },
  ],
  frames: {
    sessions_changed: () => changed(['sessions']),
    banned: ({ reason, until }) => endSession({ code: 'banned', problem: { reason, until } }),
  },
  refusals,
  start: () => {
    if (!wasSignedIn() && location.pathname === '/') void LandingPage.preload();
  },
};

import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { createRoute } from '@tanstack/react-router';
import { Database, KeyRound, MonitorSmartphone, Moon, Palette, UserRound } from 'lucide-react';
import { changed } from '../../kit/api/calls';
import { endSession, useMe } from '../../kit/api/session';
import { ask, firstData } from '../../kit/first-data';
import { pageOf } from '../../kit/lazy-page';
import { secondFactorQuery } from '../../kit/queries';
import type { Room } from '../../kit/room';
import { me, root, staff, text } from '../../kit/routes';
import { staffData } from '../../kit/staff';
import { waitingCommunitiesQuery } from './admission/data';
import { devicesQuery, passkeysQuery, sessionsQuery } from './data';
import { door } from './door';
import { FounderJoinPage, LogInPage, MemberJoinPage, ResetPage } from './gate';
import { useWanted } from './sign-in';
import { staffQuery } from './staff/data';
import { admissionWords, settingsWords, staffWords } from './words';

const setting = pageOf('accounts', [settingsWords]);
const staffPage = pageOf('accounts', [staffWords]);
const admissionPage = pageOf('accounts', [admissionWords]);

/** The doors: pages for those who are not in yet. */
const doors = [
  createRoute({
    getParentRoute: () => root,
    path: '/join',
    validateSearch: (search: Record<string, unknown>): { invite?: string } => ({ invite: text(search.invite) }),
    component: MemberJoinPage,
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/community',
    component: FounderJoinPage,
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/login',
    validateSearch: (search: Record<string, unknown>): { next?: string } => ({ next: text(search.next) }),
    component: LogInPage,
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/reset',
    component: ResetPage,
  }),
];

const settings = [
  createRoute({
    getParentRoute: () => me,
    path: '/profile',
    component: setting(() => import('./settings/ProfilePage'), 'ProfilePage'),
  }),
  createRoute({
    getParentRoute: () => me,
    path: '/faces',
    component: setting(() => import('./settings/FacesPage'), 'FacesPage'),
  }),
  createRoute({
    getParentRoute: () => me,
    path: '/sign-in',
    component: setting(() => import('./settings/SignInPage'), 'SignInPage'),
    loader: firstData(() => [ask(passkeysQuery), ask(secondFactorQuery)]),
  }),
  createRoute({
    getParentRoute: () => me,
    path: '/sessions',
    component: setting(() => import('./settings/SessionsPage'), 'SessionsPage'),
    loader: firstData(() => [ask(sessionsQuery), ask(devicesQuery)]),
  }),
  createRoute({
    getParentRoute: () => me,
    path: '/appearance',
    component: setting(() => import('./settings/AppearancePage'), 'AppearancePage'),
  }),
  createRoute({
    getParentRoute: () => me,
    path: '/data',
    component: setting(() => import('./settings/DataPage'), 'DataPage'),
  }),
];

const team = [
  createRoute({
    getParentRoute: () => staff,
    path: '/team',
    component: staffPage(() => import('./staff/TeamPage'), 'TeamPage'),
    loader: staffData(() => [ask(staffQuery)]),
  }),
];

const admission = [
  createRoute({
    getParentRoute: () => staff,
    path: '/contacts',
    component: admissionPage(() => import('./admission/ContactsPage'), 'ContactsPage'),
  }),
  createRoute({
    getParentRoute: () => staff,
    path: '/communities',
    component: admissionPage(() => import('./admission/CommunitiesPage'), 'CommunitiesPage'),
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
  ...door,
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
};

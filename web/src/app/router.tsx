import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { lazyPage } from '../kit/lazy-page';
import { AppFrame, Home, Root } from './AppFrame';
import { FaultPage } from './FaultPage';
import { NotFoundPage } from './NotFoundPage';

const root = createRootRoute({ component: Root, notFoundComponent: NotFoundPage });

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

/** The doors: pages for those who are not in yet, and the texts that everybody may read. */
const doors = [
  createRoute({
    getParentRoute: () => root,
    path: '/join',
    validateSearch: (search: Record<string, unknown>): { invite?: string } => ({ invite: text(search.invite) }),
    component: lazyPage(() => import('../features/accounts/doors'), 'MemberJoinPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/community',
    component: lazyPage(() => import('../features/accounts/doors'), 'FounderJoinPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/login',
    validateSearch: (search: Record<string, unknown>): { next?: string } => ({ next: text(search.next) }),
    component: lazyPage(() => import('../features/accounts/doors'), 'LogInPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/reset',
    component: lazyPage(() => import('../features/accounts/doors'), 'ResetPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/terms',
    component: lazyPage(() => import('../features/legal/pages'), 'TermsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/privacy',
    component: lazyPage(() => import('../features/legal/pages'), 'PrivacyPage'),
  }),
];

/** Everything inside; without a session this frame shows the landing page or leads to the log in. */
const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: AppFrame });

const me = createRoute({
  getParentRoute: () => frame,
  path: '/me',
  component: lazyPage(() => import('./MePage'), 'MePage'),
});

/** The pages of those who run the square. */
const staff = createRoute({
  getParentRoute: () => frame,
  path: '/staff',
  component: lazyPage(() => import('../kit/staff'), 'StaffFrame'),
});

const inside = [
  createRoute({
    getParentRoute: () => frame,
    path: '/',
    // An invitation leads to the square itself; the door keeps its code.
    validateSearch: (search: Record<string, unknown>): { invite?: string } => ({ invite: text(search.invite) }),
    component: Home,
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/waiting',
    component: lazyPage(() => import('../features/meeting/WaitingPage'), 'WaitingPage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/people',
    component: lazyPage(() => import('../features/meeting/PeoplePage'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/people/claims',
    component: lazyPage(() => import('../features/meeting/PeoplePage'), 'ClaimsPage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/people/blocked',
    component: lazyPage(() => import('../features/safety/BlockedPage'), 'BlockedPage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/messages',
    component: lazyPage(() => import('../features/messaging/ConversationsPage'), 'ConversationsPage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/messages/$conversationId',
    component: lazyPage(() => import('../features/messaging/ConversationPage'), 'ConversationPage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/notifications',
    component: lazyPage(() => import('../features/notifications/NotificationsPage'), 'NotificationsPage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/wallet',
    component: lazyPage(() => import('../features/wallet/WalletPage'), 'WalletPage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/wallet/buy',
    component: lazyPage(() => import('../features/payments/BuyPage'), 'BuyPage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/wallet/history',
    component: lazyPage(() => import('../features/wallet/HistoryPage'), 'HistoryPage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/wallet/payments',
    component: lazyPage(() => import('../features/payments/PaymentsPage'), 'PaymentsPage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/wallet/payments/$paymentId',
    component: lazyPage(() => import('../features/payments/PaymentPage'), 'PaymentPage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/wallet/gifts',
    component: lazyPage(() => import('../features/gifts/GiftsPage'), 'GiftsPage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/wallet/gifts/given',
    component: lazyPage(() => import('../features/gifts/GiftsPage'), 'GiftsSentPage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/premium',
    component: lazyPage(() => import('../features/premium/PremiumPage'), 'PremiumPage'),
  }),
  staff.addChildren([
    createRoute({
      getParentRoute: () => staff,
      path: '/',
      component: lazyPage(() => import('../features/backoffice/RevenuePage'), 'RevenuePage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/payments',
      component: lazyPage(() => import('../features/backoffice/PaymentsPage'), 'PaymentsPage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/payments/$paymentId',
      component: lazyPage(() => import('../features/backoffice/PaymentPage'), 'PaymentPage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/transactions',
      component: lazyPage(() => import('../features/backoffice/TransactionsPage'), 'TransactionsPage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/people',
      validateSearch: (search: Record<string, unknown>): { name?: string } => ({ name: text(search.name) }),
      component: lazyPage(() => import('../features/backoffice/PeoplePage'), 'PeoplePage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/people/$userId',
      component: lazyPage(() => import('../features/backoffice/PersonPage'), 'PersonPage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/reports',
      component: lazyPage(() => import('../features/moderation/ReportsPage'), 'ReportsPage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/fraud',
      component: lazyPage(() => import('../features/fraud/FraudPage'), 'FraudPage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/fraud/rules',
      component: lazyPage(() => import('../features/fraud/RulesPage'), 'RulesPage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/reconciliation',
      component: lazyPage(() => import('../features/provider_events/ReconciliationPage'), 'ReconciliationPage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/shop',
      component: lazyPage(() => import('../features/shop/ShopPage'), 'ShopPage'),
    }),
    createRoute({
      getParentRoute: () => staff,
      path: '/legal',
      component: lazyPage(() => import('../features/legal/StaffLegalPage'), 'StaffLegalPage'),
    }),
  ]),
  me.addChildren([
    createRoute({
      getParentRoute: () => me,
      path: '/profile',
      component: lazyPage(() => import('../features/accounts/settings/ProfilePage'), 'ProfilePage'),
    }),
    createRoute({
      getParentRoute: () => me,
      path: '/faces',
      component: lazyPage(() => import('../features/accounts/settings/FacesPage'), 'FacesPage'),
    }),
    createRoute({
      getParentRoute: () => me,
      path: '/invite',
      component: lazyPage(() => import('../features/growth/InvitePage'), 'InvitePage'),
    }),
    createRoute({
      getParentRoute: () => me,
      path: '/sign-in',
      component: lazyPage(() => import('../features/accounts/settings/SignInPage'), 'SignInPage'),
    }),
    createRoute({
      getParentRoute: () => me,
      path: '/sessions',
      component: lazyPage(() => import('../features/accounts/settings/SessionsPage'), 'SessionsPage'),
    }),
    createRoute({
      getParentRoute: () => me,
      path: '/appearance',
      component: lazyPage(() => import('../features/accounts/settings/AppearancePage'), 'AppearancePage'),
    }),
    createRoute({
      getParentRoute: () => me,
      path: '/data',
      component: lazyPage(() => import('../features/accounts/settings/DataPage'), 'DataPage'),
    }),
  ]),
];

export const router = createRouter({
  routeTree: root.addChildren([...doors, frame.addChildren(inside)]),
  defaultPreload: 'intent',
  defaultErrorComponent: FaultPage,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

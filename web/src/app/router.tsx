import { createRouter } from '@tanstack/react-router';
import { lazyPage } from '../kit/lazy-page';
import { frame, me, root, staff } from '../kit/routes';
import { StaffFrame } from '../kit/staff';
import { AppFrame, Root } from './AppFrame';
import { FaultPage } from './FaultPage';
import { NotFoundPage } from './NotFoundPage';
import * as rooms from './rooms';

type Branch = 'doors' | 'pages' | 'me' | 'staff';
type RoutesIn<OneRoom, At extends Branch> = OneRoom extends { routes: { [Key in At]: readonly (infer Route)[] } }
  ? Route
  : never;

/** The routes that the rooms have at a branch, with their types. */
function routesAt<At extends Branch>(branch: At): RoutesIn<(typeof rooms)[keyof typeof rooms], At>[] {
  return Object.values(rooms).flatMap(({ routes }) => (routes as Partial<Record<Branch, never[]>>)[branch] ?? []);
}

root.update({ component: Root, notFoundComponent: NotFoundPage });
frame.update({ component: AppFrame });
me.update({ component: lazyPage(() => import('./MePage'), 'MePage') });
staff.update({ component: StaffFrame });

export const router = createRouter({
  routeTree: root.addChildren([
    ...routesAt('doors'),
    frame.addChildren([...routesAt('pages'), me.addChildren(routesAt('me')), staff.addChildren(routesAt('staff'))]),
  ]),
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0, // what is fresh is for the queries to say
  defaultErrorComponent: FaultPage,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

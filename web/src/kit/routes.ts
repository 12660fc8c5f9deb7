import { createRootRoute, createRoute } from '@tanstack/react-router';
import { ask, firstData } from './first-data';
import { secondFactorQuery } from './queries';

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** The page takes the whole phone: its own bars stand where the frame's would. */
    bare?: boolean;
    /** The place in the navigation that the page lies behind, where its path does not say so. */
    place?: string;
    /** How many coins one has matters here, and the page does not say it itself. */
    coins?: boolean;
    /** Moderators see this page of the staff; the others are for those who run the community. */
    moderators?: boolean;
  }
}

/** The routes that rooms hang theirs on; the app gives them their frames. */
export const root = createRootRoute();
/** Everything inside; without a session it shows the landing page or leads to the log in. */
export const frame = createRoute({ getParentRoute: () => root, id: 'frame' });
/** What can be changed about oneself. */
export const me = createRoute({ getParentRoute: () => frame, path: '/me', staticData: { coins: true } });
/** The pages of those who run the square. */
export const staff = createRoute({
  getParentRoute: () => frame,
  path: '/staff',
  loader: firstData(() => [ask(secondFactorQuery)]),
});

/** A text in an address, or nothing. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

import { type StaticDataRouteOption, useRouter, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';

/** The path of the page that is shown; while another one loads, the router's location already says where we go. */
export function useShownPath(): string {
  return useRouterState({ select: ({ matches, location }) => matches.at(-1)?.pathname ?? location.pathname });
}

/** What the route of the shown page says of itself. */
export function useShownPage(): StaticDataRouteOption {
  return useRouterState({ select: ({ matches }) => matches.at(-1)?.staticData }) ?? {};
}

/** Only a path of this app: an address from elsewhere is never followed. */
export function ownPath(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') ? next : '/';
}

/** Leads elsewhere once, when there is somewhere to lead to. */
export function useRedirect(href: string | null): void {
  const { history } = useRouter();
  useEffect(() => {
    if (href !== null) history.replace(href);
  }, [href, history]);
}

import { useRouter, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';

/** The address of the page that is shown; while another one loads, the location already says where we go. */
export function useShownAddress(): { path: string; href: string } {
  const path = useRouterState({ select: ({ resolvedLocation, location }) => (resolvedLocation ?? location).pathname });
  const href = useRouterState({ select: ({ resolvedLocation, location }) => (resolvedLocation ?? location).href });
  return { path, href };
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

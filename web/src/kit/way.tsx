import { type AnchorHTMLAttributes, createContext, type MouseEvent, type Ref, useContext } from 'react';

/** The address that is shown and the way to another, for pages that stand in the router and at the doors, which have none. */
export interface Way {
  /** The query of the address, with its question mark. */
  readonly search: string;
  go: (href: string, options?: { replace?: boolean }) => void;
  /** Loads a page before somebody goes there. */
  ahead?: (href: string) => void;
}

export const WayContext = createContext<Way>({ search: '', go: (href) => location.assign(href) });

export const useWay = (): Way => useContext(WayContext);

/** A word in the query of the shown address. */
export function useQueryWord(name: string): string | undefined {
  return new URLSearchParams(useWay().search).get(name) || undefined;
}

/** Only a path of this app: an address from elsewhere is never followed. */
export function ownPath(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') ? next : '/';
}

type WayLinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & {
  href: string;
  ref?: Ref<HTMLAnchorElement>;
};

/** A link that both follow without loading the page anew; new tabs and windows are the browser's. */
export function WayLink({ href, onClick, ...rest }: WayLinkProps) {
  const { go, ahead } = useWay();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || rest.target === '_blank';
    if (event.defaultPrevented || event.button !== 0 || elsewhere) return;
    event.preventDefault();
    go(href);
  };
  return (
    <a href={href} onClick={follow} onPointerEnter={() => ahead?.(href)} onFocus={() => ahead?.(href)} {...rest} />
  );
}

import { useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Bell as BellIcon } from 'lucide-react';
import { notificationsQuery } from './data';

export function useUnread(): number {
  const { data } = useInfiniteQuery(notificationsQuery);
  return data?.pages[0]?.unread ?? 0;
}

/** The bell of a phone's top bar. */
export function Bell() {
  const { t } = useLingui();
  const unread = useUnread();
  return (
    <Link
      to="/notifications"
      aria-label={unread > 0 ? t`News, ${unread} unread` : t`News`}
      className="relative inline-flex size-11 items-center justify-center rounded-full hover:bg-deep data-[status=active]:bg-lamp-soft"
    >
      <BellIcon aria-hidden className="size-5.5" />
      {unread > 0 ? <span className="absolute top-2 right-2 size-2.5 rounded-full bg-lamp ring-2 ring-ground" /> : null}
    </Link>
  );
}

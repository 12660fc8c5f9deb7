import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Bell, Moon, Sun } from 'lucide-react';
import { useEffect } from 'react';
import { useMe } from '../../kit/api/session';
import type { Notification } from '../../kit/api/types';
import { readNews, type Told, useNewsOfRooms } from '../../kit/news';
import { CardList, Chip, cx, EmptyState, List, Moment, Page } from '../../kit/ui';
import { notificationsQuery, useMarkRead } from './data';

/** A notification in words. Those that no room tells of were written by the people who run the square. */
function useTold(): (notification: Notification) => Told {
  const { t } = useLingui();
  const tell = useNewsOfRooms();
  return ({ code, data }) => {
    const { text } = readNews(data);
    return (
      tell(code, data) ?? {
        icon: Bell,
        title: text('title') || t`News from the square`,
        words: text('content') || undefined,
      }
    );
  };
}

/** News, newest first; what was seen here is read. */
export function NotificationsPage() {
  const { t } = useLingui();
  const tell = useTold();
  const list = useInfiniteQuery(notificationsQuery);
  const me = useMe();
  const otherFace = (notification: Notification) =>
    me.faces.find(({ profile }) => profile.id === notification.profile_id && profile.id !== me.profile.id);
  const unread = list.data?.pages[0]?.unread ?? 0;
  const newest = list.data?.pages[0]?.items[0]?.id;
  const { mutate: markRead } = useMarkRead();

  useEffect(() => {
    if (unread > 0 && newest && document.visibilityState === 'visible') markRead(newest);
  }, [unread, newest, markRead]);

  return (
    <Page title={t`News`}>
      <List
        query={list}
        empty={
          <EmptyState icon={<Bell aria-hidden />} title={<Trans>Nothing new</Trans>}>
            <Trans>
              Here you hear about meetings, about what you have asked back, and about log-ins from new devices.
            </Trans>
          </EmptyState>
        }
      >
        {(items) => (
          <CardList label={t`News`}>
            {items.map((notification) => {
              const { icon: Icon, title, words, to } = tell(notification);
              const other = otherFace(notification);
              return (
                <li key={notification.id} className="flex items-start gap-3.5 px-4 py-3.5">
                  <span
                    className={cx(
                      'flex size-10 shrink-0 items-center justify-center rounded-full',
                      notification.read_at ? 'bg-deep text-soft' : 'bg-lamp-soft text-lamp-text',
                    )}
                  >
                    <Icon aria-hidden className="size-5" />
                  </span>
                  <div className="min-w-0 flex-1">
                    <p className={cx(!notification.read_at && 'font-semibold')}>
                      {to ? (
                        <Link {...to} className="underline decoration-line-strong underline-offset-4">
                          {title}
                        </Link>
                      ) : (
                        title
                      )}
                    </p>
                    {words ? <p className="text-soft text-sm">{words}</p> : null}
                    <p className="flex flex-wrap items-center gap-2 pt-1 text-soft text-xs">
                      <Moment at={notification.created_at} />
                      {other ? (
                        <Chip icon={other.face === 'shadow' ? <Moon aria-hidden /> : <Sun aria-hidden />}>
                          {other.face === 'shadow' ? t`as your shadow` : t`as your real face`}
                        </Chip>
                      ) : null}
                    </p>
                  </div>
                </li>
              );
            })}
          </CardList>
        )}
      </List>
    </Page>
  );
}

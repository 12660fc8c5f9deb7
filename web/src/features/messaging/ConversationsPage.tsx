import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { History, MessageCircle } from 'lucide-react';
import type { Conversation } from '../../kit/api/types';
import { Alias, Avatar, Button, CardList, EmptyState, Lately, LinkRow, List, ListDetail, Page } from '../../kit/ui';
import type { TextRecord } from './crypto/records';
import { conversationsQuery, useLastLine, useOutlived } from './data';
import { NewBrowser } from './NewBrowser';
import { useLetterbox } from './store';

/** Conversations whose messages are still stored. */
export function ConversationsPage() {
  return (
    <ListDetail
      showing="list"
      list={<ConversationList />}
      detail={
        <div className="hidden h-dvh items-center justify-center text-soft lg:flex">
          <p>
            <Trans>Choose a talk on the left.</Trans>
          </p>
        </div>
      }
    />
  );
}

export function ConversationList({ current }: { current?: string }) {
  const { t } = useLingui();
  const list = useQuery(conversationsQuery);
  const outlived = useOutlived();
  const trouble = useLetterbox((state) => state.trouble);
  return (
    <Page title={t`Messages`}>
      {!current && (trouble === 'newcomer' || trouble === 'replaced') ? <NewBrowser trouble={trouble} /> : null}
      <List
        query={list}
        empty={
          outlived.length > 0 ? null : (
            <EmptyState
              icon={<MessageCircle aria-hidden />}
              title={<Trans>No talks yet</Trans>}
              action={
                <Button asChild look="lamp">
                  <Link to="/">
                    <Trans>To the square</Trans>
                  </Link>
                </Button>
              }
            >
              <Trans>When you meet somebody, your talk stays here until its time is up.</Trans>
            </EmptyState>
          )
        }
      >
        {(items) => (
          <CardList label={t`Talks`}>
            {items.map((conversation) => (
              <ConversationRow
                key={conversation.id}
                conversation={conversation}
                current={conversation.id === current}
              />
            ))}
          </CardList>
        )}
      </List>
      {outlived.length > 0 ? (
        <CardList label={t`Talks that the server lost`}>
          {outlived.map((id) => (
            <OutlivedRow key={id} conversationId={id} />
          ))}
        </CardList>
      ) : null}
    </Page>
  );
}

function ConversationRow({ conversation, current }: { conversation: Conversation; current: boolean }) {
  const last = useLastLine(conversation.id);
  return (
    <LinkRow
      to="/messages/$conversationId"
      params={{ conversationId: conversation.id }}
      icon={<Avatar seed={conversation.peer.avatar_seed} />}
      title={<Alias alias={conversation.peer.alias} tag={conversation.peer.tag} />}
      words={
        <span className="line-clamp-1">
          <LastWords last={last} over={Boolean(conversation.closed_at)} />
        </span>
      }
      aside={
        <span className="flex flex-col items-end gap-1 text-soft text-xs">
          <Lately at={last?.at ?? conversation.created_at} />
          {conversation.unread > 0 && !current ? <Unread count={conversation.unread} /> : null}
        </span>
      }
    />
  );
}

function OutlivedRow({ conversationId }: { conversationId: string }) {
  return (
    <LinkRow
      to="/messages/$conversationId"
      params={{ conversationId }}
      icon={<History aria-hidden className="size-5 text-soft" />}
      title={<Trans>A talk that the server lost</Trans>}
      words={<Trans>Still readable in this browser</Trans>}
    />
  );
}

function LastWords({ last, over }: { last: TextRecord | undefined; over: boolean }) {
  if (last?.what.kind === 'text') return last.mine ? <Trans>You: {last.body}</Trans> : last.body;
  if (last?.what.kind === 'device_added') return <Trans>Another device joined</Trans>;
  if (last?.what.kind === 'device_refused') return <Trans>A device was refused</Trans>;
  if (last?.what.kind === 'identity_changed') return <Trans>The safety number has changed</Trans>;
  if (last?.what.kind === 'log_rewound') return <Trans>The server went back to an earlier time</Trans>;
  if (last) return <Trans>A message for another device</Trans>;
  return over ? <Trans>Nothing was said</Trans> : <Trans>Nothing said yet</Trans>;
}

function Unread({ count }: { count: number }) {
  return (
    <span className="inline-flex h-5 min-w-5 items-center justify-center rounded-full bg-lamp px-1.5 font-bold text-lamp-ink">
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span className="sr-only">
        <Plural value={count} one="# unread message" other="# unread messages" />
      </span>
    </span>
  );
}

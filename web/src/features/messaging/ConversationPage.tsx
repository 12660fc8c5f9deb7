import { Trans, useLingui } from '@lingui/react/macro';
import { Link, useParams } from '@tanstack/react-router';
import { ShieldAlert } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Conversation } from '../../kit/api/types';
import { useTitle } from '../../kit/title';
import { Bone, Button, EmptyState, ErrorState, ListDetail, Notice, Skeleton, useNow } from '../../kit/ui';
import { ChangedNumber } from './ChangedNumber';
import { Composer } from './Composer';
import { ConversationHeader } from './ConversationHeader';
import { ConversationList } from './ConversationsPage';
import { useConversation, useOutlived, usePeer, useTexts } from './data';
import { Ended } from './Ended';
import { useGiftLines } from './gifts';
import { Lines } from './Lines';
import { NewBrowser } from './NewBrowser';
import { Outlived } from './Outlived';
import { useReading } from './reading';
import { Silence } from './Silence';
import { type Trouble, useLetterbox } from './store';

/** A talk with a stranger; on a desktop beside the list of all of them. */
export function ConversationPage() {
  const { conversationId } = useParams({ from: '/frame/messages/$conversationId' });
  return (
    <ListDetail
      showing="detail"
      list={<ConversationList current={conversationId} />}
      detail={<Detail key={conversationId} conversationId={conversationId} />}
    />
  );
}

function Detail({ conversationId }: { conversationId: string }) {
  const { conversation, isPending, isError, refetch } = useConversation(conversationId);
  const outlived = useOutlived();
  if (conversation) return <Talk conversation={conversation} />;
  if (outlived.includes(conversationId)) return <Outlived conversationId={conversationId} />;
  if (isPending) return <ConversationSkeleton />;
  return (
    <div className="mx-auto w-full max-w-[560px] px-4 py-8">
      {isError ? (
        <ErrorState onRetry={() => refetch()}>
          <Trans>What you wrote here is kept. We can ask again.</Trans>
        </ErrorState>
      ) : (
        <EmptyState
          title={<Trans>This talk is not here any more</Trans>}
          action={
            <Button asChild look="lamp">
              <Link to="/">
                <Trans>To the square</Trans>
              </Link>
            </Button>
          }
        >
          <Trans>When the time of a talk is over, everything said in it is forgotten, here and on the server.</Trans>
        </EmptyState>
      )}
    </div>
  );
}

function Talk({ conversation }: { conversation: Conversation }) {
  const { t } = useLingui();
  const { peer } = conversation;
  const now = useNow(5000);
  const texts = useTexts(conversation.id);
  const gifts = useGiftLines(conversation);
  const other = usePeer(conversation);
  const trouble = useLetterbox((state) => state.trouble);
  const over = Boolean(conversation.closed_at) || Date.parse(conversation.expires_at) <= now.getTime();
  const [whole, above] = useAbove();
  useReading(conversation, texts);

  useTitle(`${peer.alias} · Meydan`);

  return (
    <section
      ref={whole}
      aria-label={t`Talk with ${peer.alias}`}
      className="flex flex-col"
      style={{ height: `calc(100dvh - ${above}px)` }}
    >
      <ConversationHeader conversation={conversation} peer={other} over={over} now={now} />
      {trouble ? <Troubled trouble={trouble} /> : null}
      {texts === null ? (
        <div className="mx-auto w-full max-w-[560px] flex-1 px-4 py-6">{trouble ? null : <LinesSkeleton />}</div>
      ) : (
        <Lines conversation={conversation} texts={texts} gifts={gifts} typing={other.typing && !over} />
      )}
      {over || trouble ? null : <ChangedNumber conversation={conversation} />}
      <Silence conversation={conversation} texts={texts} over={over} />
      {over ? (
        <Ended conversation={conversation} />
      ) : (
        <Composer conversation={conversation} disabled={trouble !== null} />
      )}
    </section>
  );
}

/** What stands over the talk (a banner, when the line is down) takes its height from it: the field to write in stays in sight. */
function useAbove(): [RefObject<HTMLElement | null>, number] {
  const element = useRef<HTMLElement>(null);
  const [above, setAbove] = useState(0);
  useEffect(() => {
    const measure = () => setAbove(Math.max(0, (element.current?.getBoundingClientRect().top ?? 0) + scrollY));
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    measure();
    return () => observer.disconnect();
  }, []);
  return [element, above];
}

/** This browser cannot take part in the talk: said plainly, with what to do. */
function Troubled({ trouble }: { trouble: Trouble }) {
  return (
    <div className="mx-auto w-full max-w-[560px] px-4 pt-4">
      {trouble === 'newcomer' || trouble === 'replaced' ? (
        <NewBrowser trouble={trouble} />
      ) : (
        <Keyless trouble={trouble} />
      )}
    </div>
  );
}

function Keyless({ trouble }: { trouble: 'no_keys' | 'no_storage' }) {
  return (
    <Notice
      tone="terracotta"
      icon={<ShieldAlert aria-hidden />}
      title={<Trans>This browser cannot open the talk</Trans>}
    >
      {trouble === 'no_keys' ? (
        <Trans>Talks are end-to-end encrypted, and that needs a current browser and a page opened over https.</Trans>
      ) : (
        <Trans>
          The browser lets us keep nothing here. Leave private mode, allow cookies and site data, or make room on the
          device; then reload.
        </Trans>
      )}
    </Notice>
  );
}

function ConversationSkeleton() {
  return (
    <div className="mx-auto flex h-dvh w-full max-w-[560px] flex-col gap-6 px-4 py-4">
      <Skeleton className="flex items-center gap-3">
        <Bone className="h-6 w-1/2" />
      </Skeleton>
      <LinesSkeleton />
    </div>
  );
}

function LinesSkeleton() {
  return (
    <Skeleton>
      <div className="flex flex-col gap-3">
        <Bone className="h-10 w-2/3" />
        <Bone className="h-10 w-1/2 self-end" />
        <Bone className="h-10 w-3/5" />
      </div>
    </Skeleton>
  );
}

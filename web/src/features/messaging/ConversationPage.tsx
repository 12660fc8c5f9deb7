import { Trans, useLingui } from '@lingui/react/macro';
import { Link, useParams } from '@tanstack/react-router';
import { ShieldAlert } from 'lucide-react';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import type { Conversation } from '../../kit/api/types';
import { serverNow } from '../../kit/clock';
import { useTitle } from '../../kit/title';
import { Bone, Button, EmptyState, ErrorState, ListDetail, Notice, Skeleton, toast, useNow } from '../../kit/ui';
import { ChangedNumber } from './ChangedNumber';
import { Composer } from './Composer';
import { ConversationHeader } from './ConversationHeader';
import { ConversationList } from './ConversationsPage';
import { useConversation, useOutlived, usePeer, useSaid } from './data';
import { Ended } from './Ended';
import { useGiftLines } from './gifts';
import { Lines } from './Lines';
import { sync } from './letterbox';
import { TalkContext, type TalkView } from './message/talk-view';
import { NewBrowser } from './NewBrowser';
import { Outlived } from './Outlived';
import type { Said } from './reactions';
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
  const said = useSaid(conversation.id);
  const texts = said?.lines ?? null;
  const gifts = useGiftLines(conversation);
  const other = usePeer(conversation);
  const trouble = useLetterbox((state) => state.trouble);
  const over = Boolean(conversation.closed_at) || Date.parse(conversation.expires_at) <= now.getTime();
  const [whole, above] = useAbove();
  const field = useRef<HTMLTextAreaElement>(null);
  const { view, answered, setAnswered } = useTalkView(conversation, said, !over && trouble === null, field);
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
        <TalkContext value={view}>
          <Lines texts={texts} reaction={said?.newest} gifts={gifts} typing={other.typing && !over} />
        </TalkContext>
      )}
      {over || trouble ? null : <ChangedNumber conversation={conversation} />}
      <Silence conversation={conversation} texts={texts} over={over} />
      {over ? (
        <Ended conversation={conversation} />
      ) : (
        <Composer
          conversation={conversation}
          disabled={trouble !== null}
          answered={answered === null ? null : { id: answered, text: view.lines.get(answered) }}
          onAnswered={() => setAnswered(null)}
          field={field}
        />
      )}
    </section>
  );
}

const FOUND_FOR = 2500;

/** What the messages of the talk can ask of it, and the one that is being answered. */
function useTalkView(
  conversation: Conversation,
  said: Said | null,
  isOpen: boolean,
  field: RefObject<HTMLTextAreaElement | null>,
) {
  const { t } = useLingui();
  const client = useLetterbox((state) => state.client);
  const [since] = useState(serverNow);
  const [answered, setAnswered] = useState<string | null>(null);
  const [target, setTarget] = useState<TalkView['target']>(null);
  useEffect(() => {
    if (target === null) return;
    const timer = setTimeout(setTarget, FOUND_FOR, null);
    return () => clearTimeout(timer);
  }, [target]);

  const view = useMemo<TalkView>(
    () => ({
      conversation,
      isOpen,
      since,
      target,
      lines: new Map(said?.lines.map((line) => [line.id, line])),
      reactions: said?.reactions ?? new Map(),
      reply({ id }) {
        setAnswered(id);
        field.current?.focus();
      },
      react(text, emoji) {
        client?.conversations.react(conversation.id, text.id, emoji).then(
          () => sync(conversation.id, 'nothing'),
          (error) => {
            toast(t`The browser could not keep this. Make room on the device and try again.`, { kind: 'fault' });
            reportError(error);
          },
        );
      },
      jump: (id) => setTarget((last) => ({ id, count: (last?.count ?? 0) + 1 })),
    }),
    [conversation, isOpen, since, target, said, client, field, t],
  );
  return { view, answered, setAnswered };
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

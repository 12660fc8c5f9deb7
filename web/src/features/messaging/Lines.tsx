import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, LockKeyhole } from 'lucide-react';
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { serverNow } from '../../kit/clock';
import { Button } from '../../kit/ui';
import { useGiftWords } from '../gifts';
import { isSaid, type TextRecord } from './crypto/records';
import { Group } from './Group';
import type { GiftLines } from './gifts';
import { type Grouped, group } from './grouping';
import { useTalk } from './message/talk-view';

/** From here on only what is looked at is in the page. */
const LONG = 150;
const NEAR = 120;
/** So much of a text is read out by itself. */
const HEARD = 700;

interface Props {
  texts: readonly TextRecord[];
  /** The other side's newest reaction. */
  reaction: TextRecord | undefined;
  gifts: GiftLines;
  typing: boolean;
}

/** Everything said, oldest first, kept at its end while one reads there. */
export function Lines({ texts, reaction, gifts, typing }: Props) {
  const { t } = useLingui();
  const { alias } = useTalk().conversation.peer;
  const scroller = useRef<HTMLElement>(null);
  const groups = useMemo(() => group(texts, gifts.lines), [texts, gifts]);
  const { away, toEnd } = useEnd(scroller, texts.length + gifts.lines.length, typing);
  const unseen = useUnseen(texts, away);
  return (
    <div className="relative min-h-0 flex-1">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section ref={scroller} tabIndex={0} aria-label={t`What was said`} className="h-full overflow-y-auto">
        <div className="mx-auto flex min-h-full w-full max-w-[560px] flex-col px-4 py-4">
          {groups.length === 0 ? <Beginning alias={alias} /> : null}
          {groups.length > LONG ? (
            <LongList scroller={scroller} groups={groups} fresh={gifts.fresh} />
          ) : (
            <ol className="mt-auto flex flex-col gap-3">
              {groups.map((one) => (
                <li key={one.key}>
                  <Group group={one} fresh={gifts.fresh} />
                </li>
              ))}
            </ol>
          )}
          <p aria-hidden="true" className="min-h-7 pt-2 text-soft text-sm">
            {typing ? <Trans>{alias} is writing…</Trans> : null}
          </p>
        </div>
      </section>
      <Heard texts={texts} reaction={reaction} gifts={gifts} alias={alias} />
      {away ? (
        <Button
          className="-translate-x-1/2 absolute bottom-3 left-1/2 w-max shadow-card"
          icon={<ArrowDown aria-hidden className="size-4.5" />}
          onClick={toEnd}
        >
          {unseen > 0 ? (
            <Plural value={unseen} one="# new message" other="# new messages" />
          ) : (
            <Trans>To the newest</Trans>
          )}
        </Button>
      ) : null}
    </div>
  );
}

function LongList({
  scroller,
  groups,
  fresh,
}: {
  scroller: RefObject<HTMLElement | null>;
  groups: readonly Grouped[];
  fresh: ReadonlySet<string>;
}) {
  const virtual = useVirtualizer({
    count: groups.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 84,
    getItemKey: (index) => groups[index]?.key ?? index,
    overscan: 10,
    initialOffset: groups.length * 84,
  });
  const { target } = useTalk();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a jump is made once, however the list grows meanwhile
  useEffect(() => {
    const index = groups.findIndex(({ texts }) => texts.some(({ id }) => id === target?.id));
    if (index >= 0) virtual.scrollToIndex(index, { align: 'center' });
  }, [target]);
  const items = virtual.getVirtualItems();
  return (
    <ol className="relative shrink-0" style={{ height: virtual.getTotalSize() }}>
      {items.map((item) => {
        const one = groups[item.index];
        return one ? (
          <li
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            aria-setsize={groups.length}
            aria-posinset={item.index + 1}
            className="absolute inset-x-0 top-0 pb-3"
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <Group group={one} fresh={fresh} />
          </li>
        ) : null;
      })}
    </ol>
  );
}

/** Stays at the end while one is there; who reads further up is left in peace and offered the way down. */
function useEnd(scroller: RefObject<HTMLElement | null>, count: number, typing: boolean) {
  const [away, setAway] = useState(false);
  const near = useRef(true);
  const toEnd = () => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  };
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      near.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
      setAway(!near.current);
    };
    const stay = new ResizeObserver(() => near.current && toEnd());
    element.addEventListener('scroll', look, { passive: true });
    stay.observe(element);
    if (element.firstElementChild) stay.observe(element.firstElementChild);
    return () => {
      element.removeEventListener('scroll', look);
      stay.disconnect();
    };
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever something was added at the end
  useLayoutEffect(() => {
    if (near.current) toEnd();
  }, [count, typing]);
  return { away, toEnd };
}

/** How many lines of the other side came while one reads further up. */
function useUnseen(texts: readonly TextRecord[], away: boolean): number {
  const theirs = texts.filter(({ mine, what }) => !mine && isSaid(what)).length;
  const [seen, setSeen] = useState(theirs);
  useEffect(() => {
    if (!away) setSeen(theirs);
  }, [away, theirs]);
  return Math.max(0, theirs - seen);
}

/** Says what comes in to those who do not see it; what was there before is not read out. */
function Heard({ texts, reaction, gifts, alias }: Omit<Props, 'typing'> & { alias: string }) {
  const { t } = useLingui();
  const giftWords = useGiftWords();
  const gift = gifts.lines.at(-1);
  const given = gift !== undefined && gifts.fresh.has(gift.id) && !gift.mine;
  const first = useRef(texts.at(-1)?.id);
  const last = texts.at(-1);
  const fresh = last !== undefined && last.id !== first.current && !last.mine && last.what.kind === 'text';
  const since = useRef(serverNow());
  const felt = reaction?.body && Date.parse(reaction.at) > since.current ? reaction.body : null;
  return (
    <p aria-live="polite" className="sr-only">
      {given ? <span key={gift.id}>{t`${alias} gave you: ${giftWords(gift)}`}</span> : null}
      {fresh ? `${alias}: ${last.body.slice(0, HEARD)}` : ''}
      {felt ? <span key={reaction?.id}>{t`${alias} reacted: ${felt}`}</span> : null}
    </p>
  );
}

function Beginning({ alias }: { alias: string }) {
  return (
    <div className="m-auto flex max-w-sm flex-col items-center gap-3 py-10 text-center">
      <div className="flex size-14 items-center justify-center rounded-full bg-moss-soft text-moss">
        <LockKeyhole aria-hidden className="size-6" />
      </div>
      <p className="font-display font-semibold text-lg">
        <Trans>You and {alias}, and nobody else</Trans>
      </p>
      <p className="text-soft">
        <Trans>What you say here is encrypted on your device and readable only on theirs. Say good evening.</Trans>
      </p>
    </div>
  );
}

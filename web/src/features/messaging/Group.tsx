import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Check, CheckCheck, CircleAlert, Clock, EyeOff, History, ShieldAlert, Smartphone } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Conversation } from '../../kit/api/types';
import { serverNow } from '../../kit/clock';
import { clockTime, cx, fullTime, useLately, useNow } from '../../kit/ui';
import { GiftLine } from '../gifts';
import type { KeyNotice, TextRecord, Unreadable } from './crypto/records';
import type { Grouped } from './grouping';
import { Message } from './message/Message';
import { useTalk } from './message/talk-view';

interface Props {
  group: Grouped;
  /** The gifts that arrive just now. */
  fresh: ReadonlySet<string>;
}

/** What one side said within a minute. */
export function Group({ group, fresh }: Props) {
  const { t, i18n } = useLingui();
  const { conversation } = useTalk();
  const alias = conversation.peer.alias;
  const when = new Date(group.at);
  const last = group.texts.at(-1);
  return (
    <div className="flex flex-col gap-1">
      {group.newDay ? (
        <p className="py-2 text-center text-soft text-xs">
          {new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'full' }).format(when)}
        </p>
      ) : null}
      {group.kind === 'device_added' || group.kind === 'device_refused' || group.kind === 'identity_changed' ? (
        <NoticeLine kind={group.kind} mine={group.mine} alias={alias} />
      ) : group.kind === 'log_rewound' ? (
        <RewoundLine />
      ) : group.kind === 'unreadable' ? (
        <UnreadableLines texts={group.texts} />
      ) : group.gift ? (
        <GiftLine line={group.gift} alias={alias} fresh={fresh.has(group.gift.id)} />
      ) : (
        <div className={cx('flex flex-col gap-1', group.mine ? 'items-end' : 'items-start')}>
          <span className="sr-only">{group.mine ? t`You` : alias}</span>
          {group.texts.map((text) => (
            <Message key={text.id} text={text} />
          ))}
          <p className="flex items-center gap-1.5 px-1 text-soft text-xs">
            <Time at={group.at} />
            {group.mine && last?.what.kind === 'text' ? <StateMark text={last} conversation={conversation} /> : null}
          </p>
        </div>
      )}
    </div>
  );
}

const AN_HOUR = 3_600_000;

/** "2 min" within the hour, then the time of day. */
function Time({ at }: { at: string }) {
  const [isOld] = useState(() => serverNow() - Date.parse(at) > AN_HOUR);
  return isOld ? <TimeOfDay at={at} /> : <RecentTime at={at} />;
}

function RecentTime({ at }: { at: string }) {
  const now = useNow(20_000);
  const lately = useLately(at, now);
  return <TimeOfDay at={at} shown={now.getTime() - Date.parse(at) < AN_HOUR ? lately : undefined} />;
}

function TimeOfDay({ at, shown }: { at: string; shown?: string }) {
  const { i18n } = useLingui();
  const when = new Date(at);
  return (
    <time dateTime={at} title={fullTime(i18n.locale, when)}>
      <span className={shown && 'sr-only'}>{clockTime(i18n.locale, when)}</span>
      {shown ? <span aria-hidden="true">{shown}</span> : null}
    </time>
  );
}

/** Lines that this browser cannot open: said once for all that stand together. */
function UnreadableLines({ texts }: { texts: readonly TextRecord[] }) {
  const what = texts[0]?.what;
  if (what?.kind !== 'unreadable') return null;
  return (
    <p className="mx-auto flex max-w-sm gap-2 rounded-card border border-line border-dashed px-3.5 py-2 text-soft text-sm">
      <EyeOff aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        <WhyUnreadable why={what.why} count={texts.length} />
      </span>
    </p>
  );
}

function WhyUnreadable({ why, count }: { why: Unreadable; count: number }) {
  switch (why) {
    case 'before_joining':
    case 'own_other_device':
      return (
        <Plural
          value={count}
          one="One message was sent before this browser joined the talk. It can be read only where it was received then."
          other="# messages were sent before this browser joined the talk. They can be read only where they were received then."
        />
      );
    case 'damaged':
      return (
        <Plural
          value={count}
          one="One message could not be opened. It is damaged, or does not come from whom it says."
          other="# messages could not be opened. They are damaged, or do not come from whom they say."
        />
      );
    case 'newer_version':
      return (
        <Plural
          value={count}
          one="One message was written with a newer Meydan than this page. Reload the page to read the next ones."
          other="# messages were written with a newer Meydan than this page. Reload the page to read the next ones."
        />
      );
    case 'withheld':
      return (
        <Plural
          value={count}
          one="One message could not be opened: the server kept back a change of devices that came before it."
          other="# messages could not be opened: the server kept back a change of devices that came before them."
        />
      );
  }
}

/** The server was restored from a backup: said once, after what it still knows and what only this browser has. */
function RewoundLine() {
  return (
    <p className="mx-auto flex max-w-sm items-start gap-2 rounded-card bg-deep px-3.5 py-2 text-sm">
      <History aria-hidden className="mt-0.5 size-4 shrink-0 text-soft" />
      <span>
        <Trans>
          The server went back to an earlier time. What this browser had stays here, and what you wrote since then is
          sent again by itself.
        </Trans>
      </span>
    </p>
  );
}

/** What happened to somebody's keys, where it happened. */
function NoticeLine({ kind, mine, alias }: { kind: KeyNotice; mine: boolean; alias: string }) {
  const Icon = kind === 'device_added' ? Smartphone : ShieldAlert;
  return (
    <p
      className={cx(
        'mx-auto flex max-w-sm items-start gap-2 rounded-card px-3.5 py-2 text-sm',
        kind === 'device_added' ? 'bg-deep' : 'bg-terracotta-soft',
      )}
    >
      <Icon
        aria-hidden
        className={cx('mt-0.5 size-4 shrink-0', kind === 'device_added' ? 'text-soft' : 'text-terracotta')}
      />
      <span>
        <NoticeWords kind={kind} mine={mine} alias={alias} />
      </span>
    </p>
  );
}

function NoticeWords({ kind, mine, alias }: { kind: KeyNotice; mine: boolean; alias: string }) {
  switch (kind) {
    case 'device_added':
      return mine ? (
        <Trans>Another device of yours is in this talk. It was let in with a code from one of your browsers.</Trans>
      ) : (
        <Trans>{alias} is here with another device, signed by the key that you know.</Trans>
      );
    case 'device_refused':
      return mine ? (
        <Trans>A device under your name wanted to join and was refused: your key did not sign it.</Trans>
      ) : (
        <Trans>A device under the name of {alias} wanted to join and was refused: their key did not sign it.</Trans>
      );
    case 'identity_changed':
      return <Trans>The safety number with {alias} has changed.</Trans>;
  }
}

/** Small marks, with words for those who do not see them. */
function StateMark({ text, conversation }: { text: TextRecord; conversation: Conversation }) {
  const { t } = useLingui();
  if (text.state === 'failed') {
    return (
      <span className="inline-flex items-center gap-1 text-terracotta">
        <CircleAlert aria-hidden className="size-4" />
        {text.refusal === 'conversation_closed' ? (
          <Trans>not sent: the talk was over</Trans>
        ) : (
          <Trans>not sent: the server did not take it</Trans>
        )}
      </span>
    );
  }
  if (text.state === 'waiting' || text.seq === null)
    return mark(t`waiting to be sent`, <Clock aria-hidden className="size-4" />);
  if (text.seq <= conversation.peer_read_seq) {
    return mark(t`read`, <CheckCheck aria-hidden className="size-4 text-moss" />);
  }
  if (text.seq <= conversation.peer_delivered_seq)
    return mark(t`delivered`, <CheckCheck aria-hidden className="size-4" />);
  return mark(t`sent`, <Check aria-hidden className="size-4" />);
}

function mark(words: string, icon: ReactNode) {
  return (
    <span title={words} className="inline-flex">
      {icon}
      <span className="sr-only">{words}</span>
    </span>
  );
}

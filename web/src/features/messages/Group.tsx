import { Trans, useLingui } from '@lingui/react/macro';
import { Check, CheckCheck, CircleAlert, Clock, EyeOff, Smartphone } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Conversation } from '../../api/types';
import type { TextRecord } from '../../crypto/records';
import { clockTime, cx } from '../../ui';
import { GiftLine } from '../wallet';
import type { Grouped } from './grouping';

interface Props {
  group: Grouped;
  conversation: Conversation;
  /** The gifts that arrive just now. */
  fresh: ReadonlySet<string>;
}

/** What one side said within a minute. */
export function Group({ group, conversation, fresh }: Props) {
  const { t, i18n } = useLingui();
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
      {group.kind === 'device_added' ? (
        <DeviceAdded mine={group.mine} alias={alias} />
      ) : group.gift ? (
        <GiftLine line={group.gift} alias={alias} fresh={fresh.has(group.gift.id)} />
      ) : (
        <div className={cx('flex flex-col gap-1', group.mine ? 'items-end' : 'items-start')}>
          <span className="sr-only">{group.mine ? t`You` : alias}</span>
          {group.texts.map((text) => (
            <Bubble key={text.id} text={text} />
          ))}
          <p className="flex items-center gap-1.5 px-1 text-soft text-xs">
            <time dateTime={group.at}>{clockTime(i18n.locale, when)}</time>
            {group.mine && last?.what.kind === 'text' ? <StateMark text={last} conversation={conversation} /> : null}
          </p>
        </div>
      )}
    </div>
  );
}

function Bubble({ text }: { text: TextRecord }) {
  const look = text.mine
    ? 'rounded-br-[4px] bg-lamp-soft'
    : 'rounded-bl-[4px] border border-[var(--hairline)] bg-card shadow-card';
  if (text.what.kind === 'unreadable') {
    return (
      <div className="flex max-w-[85%] gap-2 rounded-card border border-line border-dashed px-3.5 py-2 text-soft text-sm">
        <EyeOff aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span>
          <Unreadable why={text.what.why} />
        </span>
      </div>
    );
  }
  return (
    <div
      dir="auto"
      className={cx(
        'max-w-[85%] animate-arrive whitespace-pre-wrap break-words rounded-card px-3.5 py-2 [overflow-wrap:anywhere]',
        look,
        text.state === 'failed' && 'opacity-80',
      )}
    >
      {text.body}
    </div>
  );
}

function Unreadable({ why }: { why: 'before_joining' | 'own_other_device' | 'damaged' }) {
  switch (why) {
    case 'before_joining':
      return <Trans>This message was sent to another of your devices, before this one joined the talk.</Trans>;
    case 'own_other_device':
      return <Trans>You wrote this on another device, before this one joined the talk.</Trans>;
    case 'damaged':
      return <Trans>This message could not be opened. It is damaged, or does not come from whom it says.</Trans>;
  }
}

function DeviceAdded({ mine, alias }: { mine: boolean; alias: string }) {
  return (
    <p className="mx-auto flex max-w-sm items-start gap-2 rounded-card bg-deep px-3.5 py-2 text-sm">
      <Smartphone aria-hidden className="mt-0.5 size-4 shrink-0 text-soft" />
      <span>
        {mine ? (
          <Trans>Another device of yours joined this talk. The safety number has changed.</Trans>
        ) : (
          <Trans>{alias} joined with another device. The safety number has changed.</Trans>
        )}
      </span>
    </p>
  );
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

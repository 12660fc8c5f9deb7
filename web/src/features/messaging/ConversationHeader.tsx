import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, DoorOpen, Flag, LockKeyhole } from 'lucide-react';
import { useState } from 'react';
import type { Conversation } from '../../kit/api/types';
import { Avatar, fullTime, IconButton, Moment, Popover, TimeLeft } from '../../kit/ui';
import { PersonSheet, ReportSheet } from '../safety';
import type { Peer } from './data';
import { LeaveSheet } from './LeaveSheet';
import { SafetySheet } from './SafetySheet';
import { useTimeLeft } from './time-left';

type Asked = 'person' | 'safety' | 'report' | 'leave' | null;

interface Props {
  conversation: Conversation;
  peer: Peer;
  over: boolean;
  now: Date;
}

/** Who it is, how long it lasts, and the three things always within reach: the lock, report, leave. */
export function ConversationHeader({ conversation, peer, over, now }: Props) {
  const { t } = useLingui();
  const [asked, setAsked] = useState<Asked>(null);
  const stranger = conversation.peer;
  const close = () => setAsked(null);
  return (
    <header className="shrink-0 bg-card pt-[env(safe-area-inset-top)] shadow-card">
      <div className="mx-auto flex min-h-16 w-full max-w-[560px] flex-wrap items-center gap-1 px-2">
        <Link
          to="/messages"
          aria-label={t`Back`}
          className="inline-flex size-11 shrink-0 items-center justify-center rounded-full hover:bg-deep lg:hidden"
        >
          <ArrowLeft aria-hidden className="size-5.5" />
        </Link>
        <div className="relative flex min-h-14 min-w-0 flex-1 basis-24 items-center gap-3 rounded-card px-1 hover:bg-deep">
          <Avatar seed={stranger.avatar_seed} size={38} />
          <div className="flex min-w-0 flex-col">
            <h1 className="min-w-0 font-semibold text-base" dir="auto">
              {/* The whole place answers to a touch, and the heading stays a heading. */}
              <button
                type="button"
                onClick={() => setAsked('person')}
                className="line-clamp-2 max-w-full text-start leading-tight [overflow-wrap:anywhere] after:absolute after:inset-0 after:rounded-card"
              >
                {stranger.alias || t`Somebody who left`}
              </button>
            </h1>
            <p className="text-soft text-xs leading-snug">
              <PeerWords peer={peer} over={over} />
              {stranger.tag ? ` · #${stranger.tag}` : null}
            </p>
          </div>
        </div>
        <div className="ml-auto flex gap-1">
          <IconButton label={t`Safety number`} onClick={() => setAsked('safety')}>
            <LockKeyhole aria-hidden className="text-moss" />
          </IconButton>
          <IconButton label={t`Report ${stranger.alias}`} onClick={() => setAsked('report')}>
            <Flag aria-hidden />
          </IconButton>
          {over ? null : (
            <IconButton label={t`Leave the talk`} onClick={() => setAsked('leave')}>
              <DoorOpen aria-hidden className="text-terracotta" />
            </IconButton>
          )}
        </div>
      </div>
      <TimeLine conversation={conversation} over={over} now={now} />
      <PersonSheet open={asked === 'person'} onClose={close} profile={stranger} matchId={conversation.match_id} />
      <SafetySheet open={asked === 'safety'} onClose={close} conversation={conversation} />
      <ReportSheet open={asked === 'report'} onClose={close} profile={stranger} matchId={conversation.match_id} />
      <LeaveSheet open={asked === 'leave'} onClose={close} conversation={conversation} />
    </header>
  );
}

function PeerWords({ peer, over }: { peer: Peer; over: boolean }) {
  if (over) return <Trans>The talk is over</Trans>;
  if (peer.typing) return <Trans>is writing…</Trans>;
  if (peer.online) return <Trans>is here</Trans>;
  if (peer.lastSeenAt === null) return <Trans>is away</Trans>;
  return (
    <Trans>
      was here <Moment at={peer.lastSeenAt} />
    </Trans>
  );
}

/** What is left of the talk's time, as a line that grows shorter, and in words; never a countdown. */
function TimeLine({ conversation, over, now }: Omit<Props, 'peer'>) {
  const { t, i18n } = useLingui();
  const [from, to] = [Date.parse(conversation.created_at), Date.parse(conversation.expires_at)];
  const left = over ? 0 : Math.min(1, Math.max(0, (to - now.getTime()) / (to - from)));
  const words = useTimeLeft(to - now.getTime());
  const ends = fullTime(i18n.locale, new Date(to));
  return (
    <>
      {over ? null : (
        <div className="mx-auto flex w-full max-w-[560px] justify-end px-2 pb-0.5">
          <Popover
            align="end"
            label={t`When this talk ends`}
            trigger={
              <button type="button" className="rounded-full px-2 py-0.5 text-soft text-xs hover:bg-deep hover:text-ink">
                {words}
              </button>
            }
          >
            <p className="font-semibold">{ends}</p>
            <p className="text-soft">
              <Trans>This talk ends then. What was said is forgotten, here and on the server.</Trans>
            </p>
          </Popover>
        </div>
      )}
      <div
        role="progressbar"
        aria-label={t`Time left`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(left * 100)}
        aria-valuetext={over ? t`over` : words}
        className="h-[3px] bg-line"
      >
        <TimeLeft share={left} />
      </div>
    </>
  );
}

/**
 * The server went back in time, by a backup or a snapshot: its log ends before this device's place, or goes on otherwise.
 * What was received stays. What this device sent and the log lost waits again under its old id, so no reader shows it
 * twice. A group whose newest commit the log lost is left; the device then asks to be let in, or founds anew.
 */
import { serverNow } from '../../../kit/clock';
import { randomUuid } from '../../../kit/uuid';
import {
  type Entry,
  emptyGroup,
  type Facts,
  forgetText,
  type GroupRecord,
  isWritten,
  keepGroup,
  keepText,
  type TextRecord,
} from './records';
import type { WireMessage } from './server';
import type { Change } from './vault';

export interface Rewound {
  readonly changes: readonly Change[];
  readonly texts: readonly TextRecord[];
}

export const entryOf = ({ id, created_at }: WireMessage): Entry => ({ id, at: created_at });

type Log = ReadonlyMap<string, WireMessage>;

/** `log` is the server's, from its beginning to its end. Reading goes on from the record's new place. */
export function rewind(
  facts: Facts,
  record: GroupRecord,
  kept: readonly TextRecord[],
  log: readonly WireMessage[],
): Rewound {
  const inLog: Log = new Map(log.map((message) => [message.id, message]));
  const shared = Math.max(0, ...kept.flatMap(({ id, seq }) => (seq !== null && inLog.get(id)?.seq === seq ? seq : [])));
  const isResent = resentBy(kept);
  const changes: Change[] = [];
  const texts: TextRecord[] = [];
  for (const text of kept) {
    const place = text.seq === null ? undefined : inLog.get(text.id)?.seq;
    if (text.state === 'failed' || (place !== undefined && place === text.seq)) continue;
    changes.push(...forgetText(text));
    texts.push(text);
    if (text.what.kind === 'unreadable' && place === undefined) continue; // readable perhaps when it is sent again
    const next = replace(text, place, shared, isResent(text));
    changes.push(...keepText(next));
  }
  const line = notice(facts, shared);
  changes.push(...keepText(line), keepGroup({ ...placeIn(facts, record, inLog), reread: shared }));
  return { changes, texts: [...texts, line] };
}

/** The conversation itself is younger than the server's new past. */
export function outlive(record: GroupRecord, kept: readonly TextRecord[]): Rewound {
  const failed = kept
    .filter(({ state }) => state === 'waiting')
    .map((text): TextRecord => ({ ...text, sealed: null, state: 'failed', refusal: 'conversation_closed' }));
  const line = notice({ id: record.conversationId }, record.seq);
  const left = { ...record, gone: true, state: null, pending: null, asked: null, requests: [] };
  return { changes: [...[...failed, line].flatMap(keepText), keepGroup(left)], texts: [...failed, line] };
}

/** At the commit that the group's state is of, if the log has it; else at the beginning, outside the group. */
function placeIn(facts: Facts, record: GroupRecord, inLog: Log): GroupRecord {
  const commit = record.commit === null ? undefined : inLog.get(record.commit);
  const asked = record.asked !== null && inLog.has(record.asked.id) ? record.asked : null;
  if (record.state === null || commit === undefined) {
    const pending = record.state === null ? record.pending : null;
    return { ...emptyGroup(facts), pending, asked };
  }
  const { seq, epoch } = commit;
  const isHeard = (one: WireMessage) => one.type === 'text' && one.sender_profile_id === facts.peer && one.seq <= seq;
  const heard = Math.max(0, ...[...inLog.values()].filter(isHeard).map((one) => one.seq));
  return { ...record, seq, last: entryOf(commit), logEpoch: epoch + 1, asked, heard, told: 0 };
}

/**
 * Another device of the profile sends its own words again. Words for an identity before the present one stay unsent:
 * a server could feign a rewind to hear them.
 */
function resentBy(kept: readonly TextRecord[]): (text: TextRecord) => boolean {
  const changes = kept.filter(({ what, mine }) => what.kind === 'identity_changed' && !mine);
  const since = Math.max(-1, ...changes.map(({ seq }) => seq ?? 0));
  return ({ what, mine, order, lost, seq }) => isWritten(what) && mine && order > 0 && !lost && (seq ?? 0) > since;
}

/** `place` is the one that the log has for it now; `shared` the last that log and device have in common. */
function replace(text: TextRecord, place: number | undefined, shared: number, isResent: boolean): TextRecord {
  if (place !== undefined) return found(text, place);
  if (text.state === 'waiting') return { ...text, sealed: null };
  if (isResent) return { ...text, seq: null, state: 'waiting', sealed: null };
  const seq = Math.min(text.seq ?? 0, shared);
  return text.lost ? { ...text, seq } : { ...text, seq, order: text.seq ?? 0, lost: true };
}

/** A line whose place in the log is another one now. */
export function found({ lost, ...line }: TextRecord, seq: number): TextRecord {
  return { ...line, seq, order: lost ? 0 : line.order };
}

function notice({ id }: Pick<Facts, 'id'>, seq: number): TextRecord {
  return {
    id: randomUuid(),
    conversationId: id,
    seq,
    order: serverNow(),
    mine: false,
    at: new Date(serverNow()).toISOString(),
    body: '',
    state: 'sent',
    what: { kind: 'log_rewound' },
    sealed: null,
    lost: true,
  };
}

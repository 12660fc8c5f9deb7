/** What a device keeps of a conversation. */
import type { PrivateKeyPackage } from 'ts-mls';
import type { Change } from './vault';

/** The two profiles of a conversation, as this device sees it. */
export interface Facts {
  readonly id: string;
  readonly me: string;
  readonly peer: string;
  /** The side that starts the group. */
  readonly opener: boolean;
  readonly closed: boolean;
  /** When everything said is forgotten, here and on the server. */
  readonly until: string;
}

export interface JoinRequest {
  readonly profileId: string;
  readonly deviceId: string;
  readonly identity: Uint8Array;
  readonly body: string;
}

/** A commit that was made and may or may not have reached the server. */
export interface PendingCommit {
  readonly id: string;
  readonly epoch: number;
  readonly body: string;
  readonly welcome: { readonly id: string; readonly body: string } | null;
  readonly next: Uint8Array;
}

/** An entry of the log. One that was lost and sent again has its id, but another time. */
export interface Entry {
  readonly id: string;
  readonly at: string;
}

export interface GroupRecord {
  readonly conversationId: string;
  /** Everything up to here is processed; `last` is the entry there, which tells whether the server's log is still this one. */
  readonly seq: number;
  readonly last: Entry | null;
  /** Up to here everything was read before the log went back: it brings no news of anybody's keys again. */
  readonly reread: number;
  /** The newest commit of the log; the group's state is the one after it. */
  readonly commit: string | null;
  /** The epoch that the log has reached, whether or not this device is in the group. */
  readonly logEpoch: number;
  /** The epoch at which the group was founded, or founded anew. */
  readonly foundedAt: number;
  readonly state: Uint8Array | null;
  readonly pending: PendingCommit | null;
  readonly asked: { readonly id: string; readonly body: string; readonly sent: boolean } | null;
  readonly requests: readonly JoinRequest[];
  /** The last text of the other side that this device has, and the last it told the server about. */
  readonly heard: number;
  readonly told: number;
  readonly until: string;
  /** The server went back to a time before this conversation. What this device kept of it stays until its end. */
  readonly gone: boolean;
}

export interface PackageRecord {
  readonly ref: string;
  readonly publicBytes: Uint8Array;
  readonly privateKeys: PrivateKeyPackage;
}

export type Unreadable = 'before_joining' | 'own_other_device' | 'damaged' | 'withheld' | 'newer_version';

/** What the house says of a profile's keys, in the place where it happened. */
export type KeyNotice = 'device_added' | 'device_refused' | 'identity_changed';

/** `log_rewound`: the server went back in time. */
export type Notice = KeyNotice | 'log_rewound';

/** One line of a conversation as the page shows it. */
export interface TextRecord {
  readonly id: string;
  readonly conversationId: string;
  /** The place in the log; null until the server has taken it. */
  readonly seq: number | null;
  /** Orders what has no place yet. */
  readonly order: number;
  readonly mine: boolean;
  readonly at: string;
  readonly body: string;
  readonly state: 'waiting' | 'sent' | 'failed';
  readonly what: /** `replyTo` points at another message, which may be gone or never have been. */
    | { readonly kind: 'text'; readonly replyTo?: string }
    /** `body` is one emoji, or empty: the person takes their reaction to that message back. */
    | { readonly kind: 'reaction'; readonly to: string }
    | { readonly kind: 'unreadable'; readonly why: Unreadable }
    | { readonly kind: KeyNotice; readonly profileId: string }
    | { readonly kind: 'log_rewound' };
  /** Sealed once; sent again as the same bytes until the server answers. */
  readonly sealed: { readonly epoch: number; readonly body: string } | null;
  readonly refusal?: string;
  /** The log lost it when it went back in time. Only devices that had it show it, after what the log still has. */
  readonly lost?: true;
}

/** Whether it is a line of the talk; a reaction belongs to another line. */
export function isLine({ what }: TextRecord): boolean {
  return what.kind !== 'reaction';
}

/** Whether a person made it, and this device holds what it says. */
export function isWritten({ kind }: TextRecord['what']): boolean {
  return kind === 'text' || kind === 'reaction';
}

/** Whether somebody said it, and not the house. */
export function isSaid({ kind }: TextRecord['what']): boolean {
  return kind === 'text' || kind === 'unreadable';
}

export function emptyGroup({ id, until }: Pick<Facts, 'id' | 'until'>): GroupRecord {
  return {
    conversationId: id,
    until,
    seq: 0,
    last: null,
    reread: 0,
    commit: null,
    logEpoch: 0,
    foundedAt: 0,
    state: null,
    pending: null,
    asked: null,
    requests: [],
    heard: 0,
    told: 0,
    gone: false,
  };
}

export function keepGroup(record: GroupRecord): Change {
  return { store: 'groups', key: [record.conversationId], value: record };
}

/** What the server has not taken lies apart, so that finding it does not mean opening a whole history. */
export function keepText(record: TextRecord): Change[] {
  const key = [record.conversationId, record.id];
  if (record.state !== 'sent') return [{ store: 'outbox', key, value: record }];
  return [
    { store: 'texts', key, value: record },
    ...(isLine(record) ? [{ store: 'places' as const, key: placeOf(record), value: record.id }] : []),
    { store: 'outbox', key, value: undefined },
  ];
}

export function forgetText(record: TextRecord): Change[] {
  const key = [record.conversationId, record.id];
  return [
    { store: 'texts', key, value: undefined },
    { store: 'places', key: placeOf(record), value: undefined },
    { store: 'outbox', key, value: undefined },
  ];
}

/** Sorts as the log does. Ids do not: their writer's clock made them. */
export function placeOf({ conversationId, seq, id }: TextRecord): string[] {
  return [conversationId, (seq ?? 0).toString(16).padStart(14, '0'), id];
}

/** In the log's order; what waits comes last, as it was written. */
export function byPlace(a: TextRecord, b: TextRecord): number {
  if (a.seq !== null && b.seq !== null) {
    return a.seq - b.seq || Number(a.lost ?? false) - Number(b.lost ?? false) || a.order - b.order;
  }
  if (a.seq === null && b.seq === null) return a.order - b.order;
  return a.seq === null ? 1 : -1;
}

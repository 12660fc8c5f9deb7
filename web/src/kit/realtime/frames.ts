import type { Claim, GiftReceived, Notification, Payment, Subscription, Wallet, WireMessage } from '../api/types';

/** News that the person's own log keeps; `id` is the place in it, `profile_id` the own face that is addressed. */
export type LoggedFrame = { id: string } & (
  | { t: 'match_made'; profile_id: string; match_id: string; conversation_id: string }
  | {
      t: 'match_ended';
      profile_id: string;
      match_id: string;
      conversation_id: string;
      status: string;
      by_me: boolean;
    }
  | { t: 'ticket_ended'; profile_id: string; ticket_id: string; reason: string }
  | { t: 'message'; profile_id: string; message: WireMessage }
  | {
      t: 'receipt';
      profile_id: string;
      conversation_id: string;
      delivered_seq: number;
      read_seq: number;
      /** From another tab or device of the same person, not from the stranger. */
      mine: boolean;
    }
  | { t: 'notification'; notification: Notification; unread: number }
  | { t: 'claim_decided'; profile_id: string; claim: Claim }
  | { t: 'sessions_changed' }
  | { t: 'identity_replaced'; profile_id: string; public_key: string }
  | { t: 'wallet'; wallet: Wallet }
  | { t: 'payment'; payment: Payment }
  | { t: 'subscription'; subscription: Subscription }
  | { t: 'gift_received'; profile_id: string; gift: GiftReceived }
  | { t: 'matching_suspended'; until: string | null }
  | { t: 'banned'; reason: string; until: string | null }
);

/** What may be lost: presence and typing. */
export type WhisperFrame =
  | { t: 'presence'; conversation_id: string; online: boolean; last_seen_at?: string | null }
  | { t: 'typing'; conversation_id: string; on: boolean };

/** The log no longer holds our place: ask for everything again over HTTP. */
export interface ResyncFrame {
  t: 'resync';
  /** Where the log goes on from. */
  id?: string;
}

/** The grant of a watch is over or revoked: ask for a new one over HTTP. */
export interface GrantRejectedFrame {
  t: 'grant_rejected';
}

export interface ReadyFrame {
  t: 'ready';
  id: string;
  session: string;
  /** After so many seconds of silence a ping is answered; a gateway that does not say so knows no pings. */
  ping_after?: number;
}

export interface PongFrame {
  t: 'pong';
}

export type ServerFrame = LoggedFrame | WhisperFrame | ResyncFrame | GrantRejectedFrame | ReadyFrame | PongFrame;
/** What listeners get: everything but the handshake and the answers to pings. */
export type News = Exclude<ServerFrame, ReadyFrame | PongFrame>;

export type ClientFrame =
  | { t: 'hello'; token: string; since: string | null }
  | { t: 'watch'; grant: string }
  | { t: 'ping' }
  | { t: 'unwatch'; conversation_id: string }
  | { t: 'typing'; conversation_id: string; on: boolean };

/** Reads one frame; what we do not know (a newer server) is passed on by its `t` and ignored by listeners. */
export function readFrame(text: string): ServerFrame | null {
  const frame: unknown = JSON.parse(text);
  return frame !== null && typeof frame === 'object' && 't' in frame ? (frame as ServerFrame) : null;
}

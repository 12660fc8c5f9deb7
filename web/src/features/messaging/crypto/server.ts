/** What a conversation needs from the server, in the words of its HTTP interface. */

import type { Entry } from './records';

export type MessageType = 'text' | 'reaction' | 'commit' | 'welcome' | 'join_request';

export interface WireMessage {
  readonly id: string;
  readonly conversation_id: string;
  readonly seq: number;
  readonly sender_profile_id: string;
  readonly sender_device_id: string;
  readonly type: MessageType;
  readonly epoch: number;
  readonly body: string;
  readonly created_at: string;
}

/** What a device sends by itself; a welcome travels with its commit. */
export interface SendMessageRequest {
  readonly id: string;
  readonly conversation_id: string;
  readonly type: Exclude<MessageType, 'welcome'>;
  readonly epoch: number;
  readonly body: string;
  readonly welcome?: { readonly id: string; readonly body: string };
}

export interface KeyPackage {
  readonly profile_id: string;
  readonly device_id: string;
  readonly package: string;
}

/** What the server has of this profile: packages of this device, and the identity that signs its devices. */
export interface Standing {
  readonly packages: number;
  readonly identity: Uint8Array | null;
}

export interface MessageServer {
  send(message: SendMessageRequest): Promise<WireMessage>;
  /**
   * `last` is the entry at `after` as this device knows it. Refused as `log_rewound` where the log ends before it or has
   * another one there.
   */
  list(conversationId: string, after: number, last: Entry | null): Promise<readonly WireMessage[]>;
  /** `epoch` is the log's, at which the group will be founded. */
  consumeKeyPackages(conversationId: string, epoch: number): Promise<readonly KeyPackage[]>;
  standing(): Promise<Standing>;
  /** Refused as `identity_replaced` unless the server's is the one it replaces. */
  setIdentity(publicKey: Uint8Array, replaces: Uint8Array | null): Promise<void>;
  offerIdentity(sealed: Uint8Array): Promise<void>;
  /** Null when none waits. */
  offeredIdentity(): Promise<Uint8Array | null>;
  withdrawIdentity(): Promise<void>;
  addPackages(packages: readonly string[], replace: boolean): Promise<void>;
  delivered(conversationId: string, seq: number): Promise<void>;
}

/** The server answered and said no. */
export class ServerRefusal extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    /** Seconds to wait before trying again, when the server says so. */
    readonly retryAfter?: number,
  ) {
    super(code);
  }
}

/** No answer came: nobody knows whether the server acted. */
export class NoAnswer extends Error {}

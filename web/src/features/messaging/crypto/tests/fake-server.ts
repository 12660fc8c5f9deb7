/** The server's rules in memory: one ordered log, commits by compare-and-set, packages used once, ids told apart. */
import { same, toBase64 } from '../../../../kit/bytes';
import type { Entry } from '../records';
import {
  type KeyPackage,
  type MessageServer,
  type MessageType,
  NoAnswer,
  type SendMessageRequest,
  ServerRefusal,
  type WireMessage,
} from '../server';

/** What happens to the next calls that change something: they never arrive, or their answers are lost. */
export type Fate = 'arrives' | 'lost_before' | 'lost_after';

interface Stock {
  readonly profileId: string;
  readonly deviceId: string;
  packages: string[];
}

function isEntry(message: WireMessage | undefined, { id, at }: Entry): boolean {
  return message?.id === id && message.created_at === at;
}

export class FakeServer {
  readonly log: WireMessage[] = [];
  readonly delivered = new Map<string, number>();
  epoch = 0;
  closed = false;
  /** The conversation itself is younger than the server's past. */
  isUnknown = false;
  /** Entries that a dishonest server keeps from a device, without a gap in what it shows. */
  hides: (deviceId: string, message: WireMessage) => boolean = () => false;
  claims = 0;
  private written = 0;
  readonly identities = new Map<string, Uint8Array>();
  readonly transfers = new Map<string, Uint8Array>();
  private readonly stocks = new Map<string, Stock>();

  /** The server as one device of one profile sees it. `fate` is asked before every call that changes something. */
  door(profileId: string, deviceId: string, fate: (what: string) => Fate = () => 'arrives'): MessageServer {
    const through = async <T>(what: string, act: () => T): Promise<T> => {
      await Promise.resolve();
      const chosen = fate(what);
      if (chosen === 'lost_before') throw new NoAnswer(what);
      const answer = act();
      await new Promise((done) => setTimeout(done, 0));
      if (chosen === 'lost_after') throw new NoAnswer(what);
      return answer;
    };
    return {
      send: (message) => through('send', () => this.send(profileId, deviceId, message)),
      list: (_, after, last) =>
        through('list', () => {
          const shown = this.log.filter((message) => !this.hides(deviceId, message));
          const numbered = shown.map((message, i) => ({ ...message, seq: i + 1 }));
          if (this.isUnknown) throw new ServerRefusal('not_found', 404);
          const isOther = after > numbered.length || (last !== null && !isEntry(numbered[after - 1], last));
          if (isOther && !this.closed && shown.length === this.log.length) throw new ServerRefusal('log_rewound', 409);
          return numbered.filter((message) => message.seq > after).slice(0, 100);
        }),
      consumeKeyPackages: (_, epoch) => through('claim', () => this.claim(deviceId, epoch)),
      standing: () =>
        through('standing', () => ({
          packages: this.stocks.get(deviceId)?.packages.length ?? 0,
          identity: this.identities.get(profileId) ?? null,
        })),
      setIdentity: (publicKey, replaces) =>
        through('identity', () => {
          const kept = this.identities.get(profileId) ?? null;
          const isExpected = kept === null ? replaces === null : replaces !== null && same(kept, replaces);
          if (!isExpected) throw new ServerRefusal('identity_replaced', 409);
          this.identities.set(profileId, publicKey);
          for (const [id, stock] of this.stocks) if (stock.profileId === profileId) this.stocks.delete(id);
        }),
      offerIdentity: (sealed) => through('offer', () => void this.transfers.set(profileId, sealed)),
      offeredIdentity: () => through('offered', () => this.transfers.get(profileId) ?? null),
      withdrawIdentity: () => through('withdraw', () => void this.transfers.delete(profileId)),
      addPackages: (packages, replace) =>
        through('packages', () => {
          const before = replace ? [] : (this.stocks.get(deviceId)?.packages ?? []);
          this.stocks.set(deviceId, { profileId, deviceId, packages: [...before, ...packages] });
        }),
      delivered: (_, seq) => through('delivered', () => void this.delivered.set(deviceId, seq)),
    };
  }

  stock(deviceId: string): number {
    return this.stocks.get(deviceId)?.packages.length ?? 0;
  }

  /** Puts a package on offer under any name, as a dishonest server might. */
  plant(profileId: string, deviceId: string, body: Uint8Array): void {
    this.stocks.set(deviceId, { profileId, deviceId, packages: [toBase64(body)] });
  }

  get last(): Entry | null {
    const last = this.log.at(-1);
    return last === undefined ? null : { id: last.id, at: last.created_at };
  }

  /** A backup is restored: the log has only so many entries, and no key packages are left. */
  rewind(length: number): void {
    this.log.length = length;
    this.epoch = this.log.filter(({ type }) => type === 'commit').length;
    this.stocks.clear();
  }

  private claim(caller: string, epoch: number): KeyPackage[] {
    this.claims += 1;
    if (this.epoch !== epoch) throw new ServerRefusal('group_exists', 409);
    return [...this.stocks.values()].flatMap((stock) => {
      if (stock.deviceId === caller) return [];
      const one = stock.packages.shift();
      return one === undefined ? [] : [{ profile_id: stock.profileId, device_id: stock.deviceId, package: one }];
    });
  }

  private send(profileId: string, deviceId: string, message: SendMessageRequest): WireMessage {
    const known = this.log.find(({ id }) => id === message.id);
    if (known !== undefined) {
      if (known.sender_device_id !== deviceId || known.body !== message.body) {
        throw new ServerRefusal('message_id_taken', 409);
      }
      return known;
    }
    if (this.closed) throw new ServerRefusal('conversation_closed', 409);
    const ofEpoch = message.type !== 'join_request';
    if (ofEpoch && message.epoch !== this.epoch) throw new ServerRefusal('stale_epoch', 409);
    const taken = this.append(profileId, deviceId, message);
    if (message.type === 'commit') {
      this.epoch += 1;
      if (message.welcome !== undefined) {
        this.append(profileId, deviceId, {
          ...message.welcome,
          conversation_id: message.conversation_id,
          type: 'welcome',
          epoch: this.epoch,
        });
      }
    }
    return taken;
  }

  /** Adds an entry in anybody's name, as a dishonest server might. */
  append(
    profileId: string,
    deviceId: string,
    message: Omit<SendMessageRequest, 'type'> & { type: MessageType },
  ): WireMessage {
    const taken: WireMessage = {
      id: message.id,
      conversation_id: message.conversation_id,
      seq: this.log.length + 1,
      sender_profile_id: profileId,
      sender_device_id: deviceId,
      type: message.type,
      epoch: message.epoch,
      body: message.body,
      created_at: new Date(Date.now() + this.written++).toISOString(),
    };
    this.log.push(taken);
    return taken;
  }
}

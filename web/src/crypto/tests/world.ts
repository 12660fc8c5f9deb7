/** Devices of two people around one fake server. */
import 'fake-indexeddb/auto';
import { randomUuid } from '../../uuid';
import { toBase64 } from '../bytes';
import { Conversations, type Lock } from '../conversations';
import { type Identity, makeIdentity, makePackage } from '../identity';
import type { Facts, GroupRecord } from '../records';
import type { Changed } from '../shelf';
import { Vault } from '../vault';
import { FakeServer, type Fate } from './fake-server';

export const ANA = randomUuid();
export const BORA = randomUuid();

/** One piece of work at a time for a name, as `navigator.locks` does over tabs. */
export function makeLock(): Lock {
  const tails = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const run = (tails.get(name) ?? Promise.resolve()).then(work, work);
    tails.set(name, run);
    return run;
  };
}

export class Device {
  fate: (what: string) => Fate = () => 'arrives';
  readonly changes: Changed[] = [];

  private constructor(
    readonly identity: Identity,
    readonly facts: Facts,
    readonly conversations: Conversations,
    readonly vaultName: string,
    private readonly server: FakeServer,
    private readonly vault: Vault,
    private readonly lock: Lock,
  ) {}

  static async make(server: FakeServer, conversation: string, me: string, packages = 3): Promise<Device> {
    const identity = await makeIdentity(me, randomUuid());
    const vaultName = `vault-${identity.deviceId}`;
    const device = await Device.over(server, identity, conversation, vaultName, makeLock());
    await device.offer(packages);
    return device;
  }

  /** Another tab: the same vault and lock, its own memory. */
  async tab(): Promise<Device> {
    return Device.over(this.server, this.identity, this.facts.id, this.vaultName, this.lock);
  }

  static async over(
    server: FakeServer,
    identity: Identity,
    conversation: string,
    vaultName: string,
    lock: Lock,
  ): Promise<Device> {
    const vault = await Vault.open(vaultName);
    const me = identity.profileId;
    const facts = {
      id: conversation,
      me,
      peer: me === ANA ? BORA : ANA,
      opener: me === ANA,
      closed: false,
      until: '2999-01-01T00:00:00Z',
    };
    const door = server.door(me, identity.deviceId, (what) => device.fate(what));
    const conversations = new Conversations(identity, vault, door, lock, (change) => device.changes.push(change));
    const device: Device = new Device(identity, facts, conversations, vaultName, server, vault, lock);
    return device;
  }

  async offer(count: number): Promise<void> {
    const made = await Promise.all(Array.from({ length: count }, () => makePackage(this.identity)));
    await this.vault.write(made.map((own) => ({ store: 'packages', key: [own.ref], value: own })));
    const door = this.server.door(this.identity.profileId, this.identity.deviceId);
    await door.addPackages(
      made.map((own) => toBase64(own.publicBytes)),
      false,
    );
  }

  sync(): Promise<void> {
    return this.conversations.sync(this.facts);
  }

  async say(body: string): Promise<void> {
    await this.conversations.write(this.facts.id, body);
    await this.sync();
  }

  async groupRecord(): Promise<GroupRecord> {
    const record = await this.vault.read<GroupRecord>('groups', [this.facts.id]);
    if (record === undefined) throw new Error('no group yet');
    return record;
  }

  /** What the page would show, shortest. */
  async read(): Promise<string[]> {
    const texts = await this.conversations.texts(this.facts.id);
    return texts.map((text) => {
      const who = text.mine ? 'me' : 'peer';
      if (text.what.kind === 'text') return `${who}: ${text.body}${text.state === 'sent' ? '' : ` (${text.state})`}`;
      return text.what.kind === 'unreadable' ? `${who}: [${text.what.why}]` : `[new device of ${who}]`;
    });
  }
}

export interface Pair {
  readonly server: FakeServer;
  readonly conversation: string;
  readonly ana: Device;
  readonly bora: Device;
}

export async function pair(): Promise<Pair> {
  const server = new FakeServer();
  const conversation = randomUuid();
  const ana = await Device.make(server, conversation, ANA);
  const bora = await Device.make(server, conversation, BORA);
  return { server, conversation, ana, bora };
}

/** Devices of two people around one fake server. */
import 'fake-indexeddb/auto';
import { toBase64 } from '../../../../kit/bytes';
import { randomUuid } from '../../../../kit/uuid';
import type { Lock, Safety } from '../acquaintances';
import { Conversations } from '../conversations';
import { type IdentityKey, makeDevice, makeIdentityKey, makePackage, type OwnDevice, type Parties } from '../identity';
import { Group } from '../mls';
import { keepPeer, type PeerRecord } from '../peers';
import type { Facts, GroupRecord } from '../records';
import type { Changed } from '../shelf';
import { Vault } from '../vault';
import { FakeServer, type Fate } from './fake-server';

export const ANA = randomUuid();
export const BORA = randomUuid();

/** The identity that a profile's devices share in these stories, unless one has another. */
const identities = new Map([ANA, BORA].map((profileId) => [profileId, makeIdentityKey()]));

export async function deviceOf(profileId: string, deviceId: string, identity?: IdentityKey): Promise<OwnDevice> {
  const signing = identity ?? (await identities.get(profileId)) ?? (await makeIdentityKey());
  return makeDevice(signing, profileId, deviceId);
}

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
  /** False when another browser has set another identity for the profile. */
  isCurrent = true;

  private constructor(
    readonly own: OwnDevice,
    readonly facts: Facts,
    readonly conversations: Conversations,
    readonly vaultName: string,
    private readonly server: FakeServer,
    private readonly vault: Vault,
    private readonly lock: Lock,
  ) {}

  static async make(
    server: FakeServer,
    conversation: string,
    me: string,
    packages = 3,
    identity?: IdentityKey,
  ): Promise<Device> {
    const own = await deviceOf(me, randomUuid(), identity);
    const device = await Device.over(server, own, conversation, `vault-${own.deviceId}`, makeLock());
    await device.offer(packages);
    return device;
  }

  /** Takes over the known identities of another device of this profile, as letting a browser in does. */
  async carry(from: Device): Promise<this> {
    const peers = await from.vault.list<PeerRecord>('identity', 'peer');
    await this.vault.write(peers.map(keepPeer));
    return this;
  }

  /** Another tab: the same vault and lock, its own memory. */
  async tab(): Promise<Device> {
    return Device.over(this.server, this.own, this.facts.id, this.vaultName, this.lock);
  }

  static async over(
    server: FakeServer,
    own: OwnDevice,
    conversation: string,
    vaultName: string,
    lock: Lock,
  ): Promise<Device> {
    const vault = await Vault.open(vaultName);
    const me = own.profileId;
    const facts = {
      id: conversation,
      me,
      peer: me === ANA ? BORA : ANA,
      opener: me === ANA,
      closed: false,
      until: '2999-01-01T00:00:00Z',
    };
    const door = server.door(me, own.deviceId, (what) => device.fate(what));
    const changed = (change: Changed) => device.changes.push(change);
    const conversations = new Conversations(own, vault, door, lock, changed, async () => device.isCurrent);
    const device: Device = new Device(own, facts, conversations, vaultName, server, vault, lock);
    return device;
  }

  async offer(count: number): Promise<void> {
    const made = await Promise.all(Array.from({ length: count }, () => makePackage(this.own)));
    await this.vault.write(made.map((own) => ({ store: 'packages', key: [own.ref], value: own })));
    const door = this.server.door(this.own.profileId, this.own.deviceId);
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

  async react(to: string, emoji: string): Promise<void> {
    await this.conversations.react(this.facts.id, to, emoji);
    await this.sync();
  }

  async safety(): Promise<Safety> {
    const safety = await this.conversations.safety(this.facts);
    if (safety === null) throw new Error('no identity seen yet');
    return safety;
  }

  async accept(): Promise<void> {
    await this.conversations.accept(this.facts, (await this.safety()).identity);
    await this.sync();
  }

  async groupRecord(): Promise<GroupRecord> {
    const record = await this.vault.read<GroupRecord>('groups', [this.facts.id]);
    if (record === undefined) throw new Error('no group yet');
    return record;
  }

  /** This device's group, for what a changed client could do with it; with `peer`, as if that were the other side. */
  async group(peer: Parties['peer'] = { profileId: this.facts.peer, identity: null }): Promise<Group> {
    const { state } = await this.groupRecord();
    const { profileId, identity } = this.own;
    return Group.read(state as Uint8Array, { me: { profileId, identity }, peer });
  }

  /** What the page would show, shortest. */
  async read(): Promise<string[]> {
    const texts = await this.conversations.texts(this.facts.id);
    return texts.map((text) => {
      const who = text.mine ? 'me' : 'peer';
      if (text.what.kind === 'text') return `${who}: ${text.body}${text.state === 'sent' ? '' : ` (${text.state})`}`;
      if (text.what.kind === 'reaction') return `${who} reacts: ${text.body || 'no more'}`;
      if (text.what.kind === 'unreadable') return `${who}: [${text.what.why}]`;
      if (text.what.kind === 'log_rewound') return '[the server went back]';
      const told = { device_added: 'new device', device_refused: 'refused device', identity_changed: 'new identity' };
      return `[${told[text.what.kind]} of ${who}]`;
    });
  }
}

export interface Pair {
  readonly server: FakeServer;
  readonly conversation: string;
  readonly ana: Device;
  readonly bora: Device;
}

/** With `met`, the two know each other from an earlier talk. */
export async function pair(met?: Pair): Promise<Pair> {
  const server = new FakeServer();
  const conversation = randomUuid();
  const ana = await Device.make(server, conversation, ANA);
  const bora = await Device.make(server, conversation, BORA);
  if (met !== undefined) await Promise.all([ana.carry(met.ana), bora.carry(met.bora)]);
  return { server, conversation, ana, bora };
}

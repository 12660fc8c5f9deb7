/** The messaging client of one profile on this device: its vault, its keys, its tabs. */
import { deleteDB } from 'idb';
import { same, toBase64 } from '../../../kit/bytes';
import type { Lock } from './acquaintances';
import { Conversations } from './conversations';
import { type IdentityKey, makeDevice, makeIdentityKey, makePackage, type OwnDevice } from './identity';
import { keepPeer, type PeerRecord } from './peers';
import type { GroupRecord } from './records';
import { type MessageServer, ServerRefusal } from './server';
import type { Changed } from './shelf';
import { makeCode, openTransfer, sealTransfer } from './transfer';
import { type Change, Vault } from './vault';

/** So many single-use key packages wait on the server; with fewer than this they are filled up. */
const LOW = 20;
const FULL = 40;

export interface Client {
  readonly conversations: Conversations;
  /** Keeps enough key packages on the server for others to reach this device. False: another identity is the profile's. */
  keepPackages(): Promise<boolean>;
  /** Seals the identity for another browser, and returns the code that opens it there. */
  offerIdentity(): Promise<string>;
  /** Takes the identity that another browser sealed under this code. The client must be opened anew. */
  adoptIdentity(code: string): Promise<void>;
  /** Makes this browser's identity the profile's again. */
  reclaimIdentity(): Promise<void>;
  /** Called for what any tab of this device changed. */
  onChange(listener: (change: Changed) => void): () => void;
  close(): void;
}

/** A browser without an identity, of a profile that has one: the person says how it goes on. */
export interface Newcomer {
  adoptIdentity(code: string): Promise<void>;
  startAnew(): Promise<void>;
  close(): void;
}

/** No other browser has sealed an identity, or ten minutes have passed since. */
export class NothingOffered extends Error {}

const vaultOf = (deviceId: string) => `meydan-talk-${deviceId}`;

/**
 * `deviceId` is the name of this browser in the profile's conversations; the server says it. The first browser of a
 * profile makes its identity. A later one opens as a newcomer until it has taken or made one.
 */
export async function openClient(
  profileId: string,
  deviceId: string,
  server: MessageServer,
  /** Called when another tab took or made an identity: this one is opened anew. */
  onIdentity: () => void,
): Promise<{ client: Client } | { newcomer: Newcomer }> {
  const name = vaultOf(deviceId);
  const vault = await Vault.open(name);
  const keys = new Keys(vault, profileId, deviceId, server);
  const lock = lockOver(name);
  const device = await lock('identity', () => keys.device());
  const others = new BroadcastChannel(`${name}:identity`);
  others.onmessage = onIdentity;
  const take = async (work: () => Promise<void>) => {
    await lock('identity', work);
    others.postMessage(null);
  };
  const adoptIdentity = (code: string) => take(() => keys.adopt(code));
  if (device === null) {
    return {
      newcomer: {
        adoptIdentity,
        startAnew: () => take(() => keys.startAnew()),
        close() {
          others.close();
          vault.close();
        },
      },
    };
  }

  const listeners = new Set<(change: Changed) => void>();
  const tell = (change: Changed) => {
    for (const listener of listeners) listener(change);
  };
  const tabs = new BroadcastChannel(name);
  tabs.onmessage = (event: MessageEvent<Changed>) => tell(event.data);
  let standing: Promise<boolean> | null = null;
  const isCurrent = () => {
    standing ??= keys.isCurrent(device).catch((error) => {
      standing = null; // nobody knows: the next one asks again
      throw error;
    });
    return standing;
  };
  const changed = (change: Changed) => {
    tabs.postMessage(change);
    tell(change);
  };
  const conversations = new Conversations(device, vault, server, lock, changed, isCurrent);

  const client: Client = {
    conversations,
    async keepPackages() {
      const filled = await lock('packages', () => keys.fillUp(device));
      standing = Promise.resolve(filled);
      return filled;
    },
    offerIdentity: () => keys.offer(),
    adoptIdentity,
    reclaimIdentity: () => lock('identity', () => keys.reclaim(device)),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      tabs.close();
      others.close();
      vault.close();
    },
  };
  return { client };
}

/** Forgets everything this browser kept of a profile's conversations: keys, texts, what was not sent. */
export function destroyVault(deviceId: string): Promise<void> {
  return deleteDB(vaultOf(deviceId));
}

function lockOver(name: string): Lock {
  return async <T>(what: string, work: () => Promise<T>): Promise<T> =>
    (await navigator.locks.request(`${name}:${what}`, work)) as T;
}

/** This browser's identity and device key: where they come from, and that the server has the same. */
export class Keys {
  constructor(
    private readonly vault: Vault,
    private readonly profileId: string,
    private readonly deviceId: string,
    private readonly server: MessageServer,
  ) {}

  /** Null where the profile has an identity that this browser does not hold. */
  async device(): Promise<OwnDevice | null> {
    const kept = await this.kept();
    if (kept !== null) return kept;
    if ((await this.server.standing()).identity !== null) return null;
    return this.make(await makeIdentityKey());
  }

  private async kept(): Promise<OwnDevice | null> {
    const kept = await this.vault.read<OwnDevice>('identity', ['own']);
    return kept?.identity === undefined ? null : kept;
  }

  async startAnew(): Promise<void> {
    if ((await this.kept()) !== null) return; // another tab was quicker
    const { identity: replaces } = await this.server.standing();
    const identity = await makeIdentityKey();
    await this.server.setIdentity(identity.publicKey, replaces);
    await this.make(identity);
  }

  async offer(): Promise<string> {
    const identity = await this.vault.read<IdentityKey>('identity', ['profile']);
    if (identity === undefined) throw new Error('this browser has no identity');
    const peers = await this.vault.list<PeerRecord>('identity', 'peer');
    const code = makeCode();
    await this.server.offerIdentity(await sealTransfer(code, this.profileId, { identity, peers }));
    return code;
  }

  async adopt(code: string): Promise<void> {
    const sealed = await this.server.offeredIdentity();
    if (sealed === null) throw new NothingOffered();
    const { identity, peers } = await openTransfer(code, this.profileId, sealed);
    await this.make(identity, peers.map(keepPeer));
    await this.server.withdrawIdentity().catch(() => undefined); // it ends by itself
  }

  async reclaim(device: OwnDevice): Promise<void> {
    const { identity } = await this.server.standing();
    await this.server.setIdentity(device.identity, identity);
    await this.vault.write([{ store: 'identity', key: ['announced'], value: undefined }]);
  }

  /** Whether the server has no other identity for the profile than this browser's. */
  async isCurrent(device: OwnDevice): Promise<boolean> {
    const { identity } = await this.server.standing();
    return identity === null || same(identity, device.identity);
  }

  /**
   * The private halves are kept before the public ones leave. A fresh vault has no use for what an older one left. False
   * where the server names another identity than this browser's: packages of this one would let nobody in.
   */
  async fillUp(device: OwnDevice): Promise<boolean> {
    const { packages, identity } = await this.server.standing();
    if (identity === null && !(await this.publish(device))) return false;
    if (identity !== null && !same(identity, device.identity)) return false;
    const replace = (await this.vault.read<boolean>('identity', ['announced'])) !== true;
    const left = replace ? 0 : packages;
    if (left >= LOW) return true;
    const made = await Promise.all(Array.from({ length: FULL - left }, () => makePackage(device)));
    await this.vault.write(made.map((own) => ({ store: 'packages', key: [own.ref], value: own })));
    await this.server.addPackages(
      made.map((own) => toBase64(own.publicBytes)),
      replace,
    );
    await this.vault.write([{ store: 'identity', key: ['announced'], value: true }]);
    return true;
  }

  private async publish(device: OwnDevice): Promise<boolean> {
    try {
      await this.server.setIdentity(device.identity, null);
      return true;
    } catch (error) {
      if (error instanceof ServerRefusal && error.code === 'identity_replaced') return false;
      throw error;
    }
  }

  /**
   * Signs this device, and begins anew in every conversation: its leaf in their groups carries no signature of this
   * identity. What was said stays readable.
   */
  private async make(identity: IdentityKey, peers: readonly Change[] = []): Promise<OwnDevice> {
    const device = await makeDevice(identity, this.profileId, this.deviceId);
    const groups = await this.vault.list<GroupRecord>('groups');
    await this.vault.write([
      ...peers,
      ...groups.map((record) => ({
        store: 'groups' as const,
        key: [record.conversationId],
        value: { ...record, state: null, pending: null, asked: null, requests: [], foundedAt: record.foundedAt ?? 0 },
      })),
      { store: 'identity', key: ['profile'], value: identity },
      { store: 'identity', key: ['own'], value: device },
      { store: 'identity', key: ['announced'], value: undefined },
    ]);
    return device;
  }
}

/** The messaging client of one profile on this device: its vault, its keys, its tabs. */
import { deleteDB } from 'idb';

import { toBase64 } from './bytes';
import { Conversations, type Lock } from './conversations';
import { type Identity, makeIdentity, makePackage } from './identity';
import type { MessageServer } from './server';
import type { Changed } from './shelf';
import { Vault } from './vault';

/** So many single-use key packages wait on the server; with fewer than this they are filled up. */
const LOW = 20;
const FULL = 40;

export interface Client {
  readonly conversations: Conversations;
  /** Keeps enough key packages on the server for others to reach this device. */
  keepPackages(): Promise<void>;
  /** Called for what any tab of this device changed. */
  onChange(listener: (change: Changed) => void): () => void;
  close(): void;
}

const vaultOf = (deviceId: string) => `meydan-talk-${deviceId}`;

/** `deviceId` is the name of this browser in the profile's conversations; the server says it. */
export async function openClient(profileId: string, deviceId: string, server: MessageServer): Promise<Client> {
  const name = vaultOf(deviceId);
  const vault = await Vault.open(name);
  const lock = lockOver(name);
  const identity = await lock('identity', () => identityOf(vault, profileId, deviceId));

  const listeners = new Set<(change: Changed) => void>();
  const tell = (change: Changed) => {
    for (const listener of listeners) listener(change);
  };
  const tabs = new BroadcastChannel(name);
  tabs.onmessage = (event: MessageEvent<Changed>) => tell(event.data);
  const conversations = new Conversations(identity, vault, server, lock, (change) => {
    tabs.postMessage(change);
    tell(change);
  });

  return {
    conversations,
    keepPackages: () => lock('packages', () => fillUp(vault, identity, server)),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      tabs.close();
      vault.close();
    },
  };
}

/** Forgets everything this browser kept of a profile's conversations: keys, texts, what was not sent. */
export function destroyVault(deviceId: string): Promise<void> {
  return deleteDB(vaultOf(deviceId));
}

function lockOver(name: string): Lock {
  return async <T>(what: string, work: () => Promise<T>): Promise<T> =>
    (await navigator.locks.request(`${name}:${what}`, work)) as T;
}

async function identityOf(vault: Vault, profileId: string, deviceId: string): Promise<Identity> {
  const kept = await vault.read<Identity>('identity', ['own']);
  if (kept !== undefined) return kept;
  const identity = await makeIdentity(profileId, deviceId);
  await vault.write([{ store: 'identity', key: ['own'], value: identity }]);
  return identity;
}

/** The private halves are kept before the public ones leave. A fresh vault has no use for what an older one left. */
async function fillUp(vault: Vault, identity: Identity, server: MessageServer): Promise<void> {
  const replace = (await vault.read<boolean>('identity', ['announced'])) !== true;
  const left = replace ? 0 : await server.countPackages();
  if (left >= LOW) return;
  const made = await Promise.all(Array.from({ length: FULL - left }, () => makePackage(identity)));
  await vault.write(made.map((own) => ({ store: 'packages', key: [own.ref], value: own })));
  await server.addPackages(
    made.map((own) => toBase64(own.publicBytes)),
    replace,
  );
  await vault.write([{ store: 'identity', key: ['announced'], value: true }]);
}

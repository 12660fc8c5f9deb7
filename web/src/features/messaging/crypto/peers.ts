/** The identities that this device knows: of each person met, and the devices seen of them and of oneself. */
import { same } from '../../../kit/bytes';
import type { OwnDevice, Parties } from './identity';
import type { Facts } from './records';
import type { Change, Vault } from './vault';

export interface PeerRecord {
  readonly profileId: string;
  /** Pinned at the first contact, or accepted by the person since. */
  readonly known: Uint8Array | null;
  /** Another one, which the person has not accepted: nothing is sent meanwhile. */
  readonly offered: Uint8Array | null;
  /** Devices that were told about. */
  readonly devices: readonly string[];
}

export async function readPeer(vault: Vault, profileId: string): Promise<PeerRecord> {
  const kept = await vault.read<PeerRecord>('identity', ['peer', profileId]);
  return kept ?? { profileId, known: null, offered: null, devices: [] };
}

export function keepPeer(record: PeerRecord): Change {
  return { store: 'identity', key: ['peer', record.profileId], value: record };
}

/** What the person may not have noticed: an identity that is not the one known, or none known where one should be. */
export function isOffered({ known, offered }: PeerRecord): boolean {
  return offered !== null && (known === null || !same(known, offered));
}

/** An unknown identity that stands open may be read from, a changed one not even that. */
export function isChanged(peer: PeerRecord): boolean {
  return peer.known !== null && isOffered(peer);
}

export function partiesOf(device: OwnDevice, { peer: profileId }: Facts, peer: PeerRecord): Parties {
  return {
    me: { profileId: device.profileId, identity: device.identity },
    peer: { profileId, identity: peer.known ?? peer.offered },
  };
}

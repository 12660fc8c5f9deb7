/** Whose identity this device knows in its conversations, and what the person is shown and decides about it. */
import { same } from '../../../kit/bytes';
import type { Member, OwnDevice } from './identity';
import { Group } from './mls';
import { isChanged, isOffered, keepPeer, type PeerRecord, partiesOf, readPeer } from './peers';
import type { Facts, GroupRecord, JoinRequest } from './records';
import { safetyNumber } from './safety';
import { type Changed, Shelf } from './shelf';
import type { Vault } from './vault';

/** Runs one piece of work at a time for a name, over all tabs. */
export type Lock = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** What two people can know of who sits in their conversation. */
export interface Safety {
  readonly digits: readonly string[];
  readonly identity: Uint8Array;
  /** `offered` and `changed` wait for the person: an identity unknown in a talk that was there before, or not the known. */
  readonly standing: 'known' | 'offered' | 'changed';
  readonly mine: number;
  readonly theirs: number;
}

export class Acquaintances extends Shelf {
  constructor(
    protected readonly device: OwnDevice,
    vault: Vault,
    protected readonly lock: Lock,
    changed: (change: Changed) => void,
  ) {
    super(vault, changed);
  }

  async members(facts: Facts): Promise<Member[]> {
    const { state } = await this.record(facts);
    return state === null ? [] : this.group(facts, state, await this.peer(facts)).members;
  }

  async standing(facts: Facts): Promise<Safety['standing']> {
    const peer = await this.peer(facts);
    return isChanged(peer) ? 'changed' : isOffered(peer) ? 'offered' : 'known';
  }

  /** Null until the other side's identity has been seen. */
  async safety(facts: Facts): Promise<Safety | null> {
    const peer = await this.peer(facts);
    const identity = peer.offered ?? peer.known;
    if (identity === null) return null;
    const members = await this.members(facts);
    const count = (profileId: string) => members.filter((member) => member.profileId === profileId).length;
    return {
      digits: await safetyNumber(this.device, { profileId: facts.peer, identity }),
      identity,
      standing: await this.standing(facts),
      mine: count(facts.me),
      theirs: count(facts.peer),
    };
  }

  /** The person takes an identity, the very one they saw, for the other side's. `sync` then goes on. */
  async accept(facts: Facts, identity: Uint8Array): Promise<void> {
    await this.lock(facts.id, async () => {
      const peer = await this.peer(facts);
      if (peer.offered === null || !same(peer.offered, identity)) return;
      await this.keep([keepPeer({ ...peer, known: identity, offered: null })], []);
      this.changed({ conversationId: facts.id, ids: [] });
    });
  }

  /** Another identity of the other side turned up: the person decides. */
  protected async offer(facts: Facts, identity: Uint8Array): Promise<void> {
    const peer = await this.peer(facts);
    await this.keep([keepPeer({ ...peer, offered: identity })], []);
    this.changed({ conversationId: facts.id, ids: [] });
  }

  protected peer(facts: Facts): Promise<PeerRecord> {
    return readPeer(this.vault, facts.peer);
  }

  protected group(facts: Facts, state: Uint8Array, peer: PeerRecord): Group {
    return Group.read(state, partiesOf(this.device, facts, peer));
  }

  /** Requests of devices that the known identities signed. */
  protected acceptable(record: GroupRecord, facts: Facts, peer: PeerRecord): readonly JoinRequest[] {
    const parties = partiesOf(this.device, facts, peer);
    return record.requests.filter(({ profileId, identity }) => {
      const party = profileId === facts.me ? parties.me : parties.peer;
      return party.identity === null || same(party.identity, identity);
    });
  }
}

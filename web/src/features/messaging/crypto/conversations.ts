/**
 * Conversations of one device. The server keeps the log and its order; whoever holds the lock of a conversation (one
 * tab at a time) brings this device to the log's end, then does what is left: found the group, ask to be let in, let
 * others in, send what was written. Every step is kept before it is sent and repeats itself after any loss.
 */

import { fromBase64, same, toBase64 } from '../../../kit/bytes';
import { randomUuid } from '../../../kit/uuid';
import type { Lock } from './acquaintances';
import { writeContent } from './content';
import { Follower, type News } from './follower';
import { adding, invite } from './founding';
import { type Member, makePackage, type OwnDevice, ownerOfPackage } from './identity';
import { Group, type Prepared } from './mls';
import { isChanged, isOffered, type PeerRecord, partiesOf } from './peers';
import { type Facts, forgetText, type GroupRecord, keepGroup, keepText, type TextRecord } from './records';
import { entryOf } from './rewinding';
import { type KeyPackage, type MessageServer, NoAnswer, ServerRefusal, type WireMessage } from './server';
import type { Changed } from './shelf';
import type { Vault } from './vault';

const ROUNDS = 12;

/** The log went on meanwhile: read it and try again. */
const AGAIN = 'again';
const DONE = 'done';
type Outcome = typeof AGAIN | typeof DONE;

export class Conversations extends Follower {
  constructor(
    device: OwnDevice,
    vault: Vault,
    server: MessageServer,
    lock: Lock,
    changed: (change: Changed) => void,
    /** Whether the profile's identity is this browser's. If not, nothing is asked for or sent until the person decides. */
    private readonly isCurrent: () => Promise<boolean>,
  ) {
    super(device, vault, server, lock, changed);
  }

  /** Takes what came (frames, or by asking), then does what is left. Throws `NoAnswer` when cut off. */
  async sync(facts: Facts, first: News = 'ask'): Promise<void> {
    await this.lock(facts.id, async () => {
      let news = first;
      for (let round = 0; round < ROUNDS; round++) {
        await this.catchUp(facts, news);
        if ((await this.act(facts, news === 'ask')) === DONE) return this.tellDelivered(facts);
        news = 'ask';
      }
      throw new NoAnswer('the conversation moved on too fast');
    });
  }

  /**
   * Nobody has let this device in, and somebody should have by now. Before the founding, the other side perhaps found no
   * key package of it: asking brings it one. After it, both sides may be waiting for devices that are gone: if one of the
   * other side asks too, the two found the conversation anew.
   */
  async announce(facts: Facts): Promise<void> {
    await this.lock(facts.id, async () => {
      await this.catchUp(facts, 'ask');
      const record = await this.record(facts);
      if (facts.closed || record.state !== null || record.pending !== null) return;
      if (!(await this.isCurrent())) return;
      if (record.logEpoch === 0) await this.askIn(record);
      else if (await this.isStranded(facts)) await this.found(facts, record);
    });
    await this.sync(facts, 'nothing');
  }

  /** Whether this device waits outside a group that is there, and one of the other side does, too. */
  async isStranded(facts: Facts): Promise<boolean> {
    const record = await this.record(facts);
    if (record.state !== null || facts.closed || record.logEpoch === 0 || !record.asked?.sent) return false;
    const peer = await this.peer(facts);
    return !isChanged(peer) && this.acceptable(record, facts, peer).some(({ profileId }) => profileId === facts.peer);
  }

  /** Forgets the conversations whose time is up. */
  async forgetExpired(now: Date): Promise<void> {
    const records = await this.vault.list<GroupRecord>('groups');
    for (const { conversationId, until } of records) {
      if (Date.parse(until) <= now.getTime()) await this.forget(conversationId);
    }
  }

  /** Forgets one conversation. */
  async forget(conversationId: string): Promise<void> {
    await this.lock(conversationId, async () => {
      const texts = await this.texts(conversationId);
      const gone = texts.flatMap(forgetText);
      await this.keep([...gone, { store: 'groups', key: [conversationId], value: undefined }], texts);
    });
  }

  private async tellDelivered(facts: Facts): Promise<void> {
    const record = await this.record(facts);
    if (record.heard <= record.told) return;
    await this.server.delivered(facts.id, record.heard);
    await this.keep([keepGroup({ ...record, told: record.heard })], []);
  }

  /** `current`: the log was read to its end. Frames come one by one, and a commit's welcome is one frame behind it. */
  private async act(facts: Facts, current: boolean): Promise<Outcome> {
    const record = await this.record(facts);
    if (facts.closed) return this.giveUp(facts);
    if (!(await this.isCurrent())) return DONE;
    if (record.pending !== null) return this.sendCommit(record);
    const peer = await this.peer(facts);
    if (isChanged(peer)) return DONE; // the person decides first
    if (record.state !== null) return this.actInside(facts, record, record.state, peer);
    if (!current) return AGAIN;
    if (record.logEpoch > 0) return this.askIn(record);
    const eager = facts.opener || (await this.waiting(facts.id)).length > 0;
    return eager ? this.found(facts, record) : DONE;
  }

  private async actInside(facts: Facts, record: GroupRecord, state: Uint8Array, peer: PeerRecord): Promise<Outcome> {
    const { members } = this.group(facts, state, peer);
    const { identity } = partiesOf(this.device, facts, peer).peer;
    const isOld = (member: Member) =>
      member.profileId === facts.peer && identity !== null && !same(member.identity, identity);
    const asking = this.acceptable(record, facts, peer);
    if (members.some(isOld)) {
      // The person has accepted another identity since: the two begin anew as soon as a device of it asks.
      return asking.some(({ profileId }) => profileId === facts.peer) ? this.found(facts, record) : DONE;
    }
    if (asking.length > 0) return this.letIn(facts, record, peer);
    return isOffered(peer) ? DONE : this.flush(facts, record);
  }

  // -- the group -----------------------------------------------------------------------------------------------------

  /**
   * Whoever is first wins; the other side's attempt is refused as stale and joins by the winner's welcome. Packages that
   * the known identities did not sign are left out, whatever the server says; another identity of the other side is shown.
   */
  private async found(facts: Facts, record: GroupRecord): Promise<Outcome> {
    const claimed = await this.claim(facts.id, record.logEpoch);
    if (claimed === null) return AGAIN;
    const peer = await this.peer(facts);
    const asking = this.acceptable(record, facts, peer);
    const { bodies, parties, other } = await invite(partiesOf(this.device, facts, peer), asking, claimed);
    if (!bodies.some((body) => ownerOfPackage(body)?.profileId === facts.peer)) {
      if (other !== null) await this.offer(facts, other);
      return DONE; // nobody to talk with yet
    }
    const prepared = await adding(await Group.found(facts.id, record.logEpoch, this.device, parties), bodies);
    const isPeer = (member: Member) => member.profileId === facts.peer;
    return prepared?.next.members.some(isPeer) ? this.prepare(record, record.logEpoch, prepared) : DONE;
  }

  /** Null when somebody founded the group meanwhile. Who took too many does with the devices that ask. */
  private async claim(conversationId: string, epoch: number): Promise<readonly KeyPackage[] | null> {
    try {
      return await this.server.consumeKeyPackages(conversationId, epoch);
    } catch (error) {
      if (error instanceof ServerRefusal && error.code === 'group_exists') return null;
      if (error instanceof ServerRefusal && error.code === 'key_package_claims_spent') return [];
      throw error;
    }
  }

  private async letIn(facts: Facts, record: GroupRecord, peer: PeerRecord): Promise<Outcome> {
    const group = this.group(facts, record.state as Uint8Array, peer);
    const asking = this.acceptable(record, facts, peer);
    const prepared = await adding(
      group,
      asking.map(({ body }) => fromBase64(body)),
    );
    if (prepared !== null) return this.prepare(record, group.epoch, prepared);
    // Only packages that no group would take are left: they must not keep this device from its work.
    await this.keep([keepGroup({ ...record, requests: record.requests.filter((one) => !asking.includes(one)) })], []);
    return AGAIN;
  }

  private async prepare(record: GroupRecord, epoch: number, prepared: Prepared): Promise<Outcome> {
    const pending = {
      id: randomUuid(),
      epoch,
      body: toBase64(prepared.commit),
      welcome: prepared.welcome && { id: randomUuid(), body: toBase64(prepared.welcome) },
      next: prepared.next.write(),
    };
    await this.keep([keepGroup({ ...record, pending })], []);
    return AGAIN;
  }

  /** Taken or not, the log tells: the commit is followed when it is read there under its own id. */
  private async sendCommit(record: GroupRecord): Promise<Outcome> {
    const { pending, conversationId } = record;
    if (pending === null) return DONE;
    const { id, epoch, body, welcome } = pending;
    const message = { id, conversation_id: conversationId, type: 'commit' as const, epoch, body };
    try {
      await this.server.send(welcome === null ? message : { ...message, welcome });
    } catch (error) {
      if (!(error instanceof ServerRefusal)) throw error;
      await this.keep([keepGroup({ ...record, pending: null })], []);
      if (error.code !== 'stale_epoch') throw error;
    }
    return AGAIN;
  }

  private async askIn(record: GroupRecord): Promise<Outcome> {
    if (record.asked?.sent) return DONE;
    let { asked } = record;
    if (asked === null) {
      const own = await makePackage(this.device);
      asked = { id: randomUuid(), body: toBase64(own.publicBytes), sent: false };
      const keepPackage = { store: 'packages' as const, key: [own.ref], value: own };
      await this.keep([keepPackage, keepGroup({ ...record, asked })], []);
    }
    const { conversationId, logEpoch } = record;
    await this.server.send({
      id: asked.id,
      conversation_id: conversationId,
      type: 'join_request',
      epoch: logEpoch,
      body: asked.body,
    });
    await this.keep([keepGroup({ ...record, asked: { ...asked, sent: true } })], []);
    return AGAIN;
  }

  // -- texts ---------------------------------------------------------------------------------------------------------

  /** In the order they were written, each only after the one before it was taken. */
  private async flush(facts: Facts, first: GroupRecord): Promise<Outcome> {
    let record = first;
    const peer = await this.peer(facts);
    for (const text of await this.waiting(facts.id)) {
      const group = this.group(facts, record.state as Uint8Array, peer);
      if (!group.members.some((member) => member.profileId === facts.peer)) return DONE;
      let { sealed } = text;
      if (sealed === null) {
        const result = await group.seal(writeContent(text), text.id);
        sealed = { epoch: group.epoch, body: toBase64(result.body) };
        record = { ...record, state: result.next.write() };
        await this.keep([keepGroup(record), ...keepText({ ...text, sealed })], []);
      }
      const taken = await this.sendText(text, sealed);
      if (taken === AGAIN) return AGAIN;
      if (taken !== DONE) {
        const sent: TextRecord = { ...text, seq: taken.seq, at: taken.created_at, state: 'sent', sealed: null };
        const next = taken.seq === record.seq + 1;
        if (next) record = { ...record, seq: taken.seq, last: entryOf(taken) };
        await this.keep([...keepText(sent), keepGroup(record)], [sent]);
        if (!next) return AGAIN; // others wrote in between
      }
    }
    return DONE;
  }

  private async sendText(text: TextRecord, sealed: { epoch: number; body: string }): Promise<WireMessage | Outcome> {
    const { id, conversationId } = text;
    const type = text.what.kind === 'reaction' ? 'reaction' : 'text';
    try {
      return await this.server.send({ id, conversation_id: conversationId, type, ...sealed });
    } catch (error) {
      if (!(error instanceof ServerRefusal)) throw error;
      if (error.code === 'stale_epoch') {
        // Surely not taken, and never will be: the group moved on. It is sealed anew for the new epoch.
        await this.keep(keepText({ ...text, sealed: null }), []);
        return AGAIN;
      }
      if (error.status === 401 || error.status === 429 || error.status >= 500) throw error;
      const failed: TextRecord = { ...text, sealed: null, state: 'failed', refusal: error.code };
      await this.keep(keepText(failed), [failed]);
      return DONE;
    }
  }

  private async giveUp(facts: Facts): Promise<Outcome> {
    const failed = (await this.waiting(facts.id)).map(
      (text): TextRecord => ({ ...text, sealed: null, state: 'failed', refusal: 'conversation_closed' }),
    );
    if (failed.length > 0) await this.keep(failed.flatMap(keepText), failed);
    return DONE;
  }
}

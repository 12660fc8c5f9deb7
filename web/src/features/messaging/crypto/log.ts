/**
 * Reads the conversation's log in its order: what each entry changes on this device. Nothing is kept here; the caller
 * writes all changes of a stretch at once, so a crash repeats the stretch from the old state and never loses a text.
 */
import { fromBase64, same } from '../../../kit/bytes';
import { NewerVersion, readContent } from './content';
import {
  judge,
  type Member,
  OtherIdentity,
  type OwnDevice,
  type Owner,
  ownerOfPackage,
  type Parties,
} from './identity';
import { CommitMissing, Group } from './mls';
import { keepPeer, type PeerRecord, partiesOf } from './peers';
import {
  type Facts,
  forgetText,
  type GroupRecord,
  isLine,
  type KeyNotice,
  keepGroup,
  keepText,
  type PackageRecord,
  type TextRecord,
  type Unreadable,
} from './records';
import { entryOf, found } from './rewinding';
import type { WireMessage } from './server';
import type { Change, Vault } from './vault';

export interface Stretch {
  readonly record: GroupRecord;
  readonly texts: readonly TextRecord[];
  readonly changes: readonly Change[];
}

export class LogReader {
  private group: Group | null;
  private readonly texts: TextRecord[] = [];
  private readonly changes: Change[] = [];
  /** Requests under another identity, read outside a group: whoever was inside may have answered them long ago. */
  private strangers: { readonly message: WireMessage; readonly owner: Owner }[] = [];

  constructor(
    private readonly vault: Vault,
    private readonly device: OwnDevice,
    private readonly facts: Facts,
    private record: GroupRecord,
    private peer: PeerRecord,
    private me: PeerRecord,
  ) {
    this.group = record.state && Group.read(record.state, this.parties);
  }

  async read(messages: readonly WireMessage[]): Promise<Stretch> {
    for (const message of messages) {
      if (message.seq <= this.record.seq) continue;
      await this.take(message);
      this.record = { ...this.record, seq: message.seq, last: entryOf(message) };
    }
    for (const { message, owner } of this.strangers) this.notice(message, new OtherIdentity(owner));
    this.record = { ...this.record, state: this.group?.write() ?? null };
    return {
      record: this.record,
      texts: this.texts,
      changes: [
        ...this.changes,
        ...this.texts.flatMap(keepText),
        keepGroup(this.record),
        keepPeer(this.peer),
        keepPeer(this.me),
      ],
    };
  }

  private get parties(): Parties {
    return partiesOf(this.device, this.facts, this.peer);
  }

  private async take(message: WireMessage): Promise<void> {
    switch (message.type) {
      case 'text':
      case 'reaction':
        return this.takeText(message);
      case 'commit':
        return this.takeCommit(message);
      case 'welcome':
        return this.takeWelcome(message);
      case 'join_request':
        return this.takeRequest(message);
    }
  }

  private async takeText(message: WireMessage): Promise<void> {
    const key = [message.conversation_id, message.id];
    const mine = message.sender_profile_id === this.facts.me;
    const own = mine ? await this.vault.read<TextRecord>('outbox', key) : undefined;
    if (own !== undefined) {
      this.texts.push({ ...own, seq: message.seq, at: message.created_at, state: 'sent', sealed: null });
      return;
    }
    const isText = message.type === 'text';
    if (!mine && isText) this.record = { ...this.record, heard: message.seq };
    const kept = this.texts.find(({ id }) => id === message.id) ?? (await this.vault.read<TextRecord>('texts', key));
    if (kept !== undefined && (kept.mine !== mine || isLine(kept) !== isText)) {
      // Ids are each sender's own: one side has taken the other's, or one of its own twice.
      if (isText) this.texts.push({ ...this.unreadable(message, 'damaged'), id: `${message.id}:again` });
      return;
    }
    if (kept !== undefined) {
      // Its answer was kept before the log was read, or the log went back in time and has it again, perhaps elsewhere.
      if (kept.seq !== message.seq) this.move(kept, message.seq);
      return;
    }
    if (this.group === null) {
      if (isText) this.texts.push(this.unreadable(message, mine ? 'own_other_device' : 'before_joining'));
      return;
    }
    try {
      const opened = await this.group.open(fromBase64(message.body), message.id);
      if (opened.kind !== 'text') throw new Error('a commit came as a text');
      if (opened.sender.profileId !== message.sender_profile_id)
        throw new Error('the sender is not who the server says');
      this.group = opened.group;
      const { body, what } = readContent(opened.plain, message);
      this.texts.push(this.line(message, body, what));
    } catch (error) {
      // Damaged on the way, sealed by a device that is no member, or after a commit that the server did not bring: the
      // page says so in the text's place. What did not count as writing takes no place.
      if (isText) this.texts.push(this.unreadable(message, whyUnreadable(error)));
    }
  }

  private move(kept: TextRecord, seq: number): void {
    this.changes.push(...forgetText(kept));
    this.texts.push(found(kept, seq));
  }

  private async takeCommit(message: WireMessage): Promise<void> {
    const before = this.group;
    const { pending } = this.record;
    const body = fromBase64(message.body);
    const isFounding = Group.isFounding(body);
    this.record = { ...this.record, logEpoch: message.epoch + 1, commit: message.id };
    if (isFounding) this.record = { ...this.record, foundedAt: message.epoch };
    if (pending?.id === message.id) {
      this.group = Group.read(pending.next, this.parties);
      this.record = { ...this.record, pending: null, asked: null };
      if (isFounding) this.meet(message, this.group);
      else this.tellNewDevices(message, before?.members ?? []);
    } else if (before !== null) {
      try {
        const opened = await before.open(body, message.id);
        this.group = opened.group;
        this.tellNewDevices(message, before.members);
      } catch (error) {
        // A commit that this device cannot or must not follow: it leaves the group and asks to be let in anew.
        this.notice(message, error);
        this.group = null;
        this.record = { ...this.record, asked: null };
      }
    } else {
      this.record = { ...this.record, requests: [] }; // a member was there after them, and has them too
      this.strangers = [];
    }
    this.forgetAnswered((member) => member.leafKey);
  }

  private async takeWelcome(message: WireMessage): Promise<void> {
    if (this.group !== null) return;
    const body = fromBase64(message.body);
    try {
      for (const ref of Group.welcomed(body)) {
        const own = await this.vault.read<PackageRecord>('packages', [ref]);
        if (own === undefined) continue;
        // Used once, whatever comes of it: a welcome that is played again opens nothing.
        this.changes.push({ store: 'packages', key: [ref], value: undefined });
        this.group = await Group.join(body, own, this.facts.id, message.epoch, this.parties);
        this.record = { ...this.record, asked: null };
        this.meet(message, this.group);
        this.forgetAnswered((member) => member.key);
      }
      // Founded without this device although it had announced itself: it asks again.
      if (this.group === null && message.epoch === this.record.foundedAt + 1)
        this.record = { ...this.record, asked: null };
    } catch (error) {
      // A welcome that does not fit this conversation lets nobody in; the device asks again.
      this.notice(message, error);
      this.group = null;
      this.record = { ...this.record, asked: null };
    }
  }

  private async takeRequest(message: WireMessage): Promise<void> {
    const owner = ownerOfPackage(fromBase64(message.body));
    if (owner !== null && same(owner.key, this.device.publicKey)) return;
    const named = owner?.profileId === message.sender_profile_id && owner.deviceId === message.sender_device_id;
    const verdict = owner !== null && named ? await judge(owner, this.parties) : 'unsigned';
    if (verdict !== 'fine' && message.seq <= this.record.reread) return;
    if (owner === null || verdict === 'unsigned' || verdict === 'stranger') {
      this.tell(message, 'device_refused', message.sender_profile_id);
      return;
    }
    if (verdict === 'other_identity') {
      if (owner.profileId === this.facts.me || this.group !== null) this.notice(message, new OtherIdentity(owner));
      else this.strangers.push({ message, owner });
      if (owner.profileId === this.facts.me) return;
    }
    const others = this.record.requests.filter((request) => request.deviceId !== owner.deviceId);
    const { profileId, deviceId, identity } = owner;
    this.record = { ...this.record, requests: [...others, { profileId, deviceId, identity, body: message.body }] };
  }

  /**
   * A group was founded with, or has let in, this device. The peer's identity is pinned at the first contact; one that
   * turns up in a talk that was there before, unknown, waits for the person to accept it.
   */
  private meet(message: WireMessage, group: Group): void {
    const { members } = group;
    const identity = members.find(({ profileId }) => profileId === this.facts.peer)?.identity;
    const isFirst = this.record.logEpoch <= 1;
    if (identity !== undefined && this.peer.known === null && this.peer.offered === null) {
      this.peer = isFirst ? { ...this.peer, known: identity } : { ...this.peer, offered: identity };
      if (!isFirst) this.tell(message, 'identity_changed', this.facts.peer);
    }
    const isMet = this.peer.devices.length > 0;
    const met = [...this.peer.devices, ...this.me.devices, this.device.deviceId];
    const fresh = members.filter(({ deviceId }) => !met.includes(deviceId));
    const first = isMet ? undefined : fresh.find(({ profileId }) => profileId === this.facts.peer);
    for (const member of fresh) if (member !== first) this.tell(message, 'device_added', member.profileId, member.leaf);
    this.remember(members);
    this.group = group.among(this.parties);
  }

  private remember(members: readonly Member[]): void {
    const of = (record: PeerRecord): PeerRecord => {
      const seen = members.filter(({ profileId }) => profileId === record.profileId).map(({ deviceId }) => deviceId);
      return { ...record, devices: [...new Set([...record.devices, ...seen])] };
    };
    this.peer = of(this.peer);
    this.me = of(this.me);
  }

  /** Says why something was refused: another identity of the peer waits for the person, anything else is only told. */
  private notice(message: WireMessage, error: unknown): void {
    if (!(error instanceof OtherIdentity)) return;
    const { profileId, identity } = error.owner;
    if (profileId === this.facts.me) {
      this.tell(message, 'device_refused', profileId);
    } else if (this.peer.offered === null || !same(this.peer.offered, identity)) {
      this.peer = { ...this.peer, offered: identity };
      this.tell(message, 'identity_changed', profileId);
    }
  }

  /**
   * A request is answered when its very package is in the group (a device may ask again with its old identity). Who
   * has just come in cannot know what happened before and takes the device's identity as answer enough.
   */
  private forgetAnswered(keyOf: (member: Owner) => Uint8Array): void {
    const members = this.group?.members;
    if (members === undefined) return;
    const open = this.record.requests.filter((request) => {
      const asking = ownerOfPackage(fromBase64(request.body));
      return asking !== null && !members.some((member) => same(keyOf(member), keyOf(asking)));
    });
    this.record = { ...this.record, requests: open };
  }

  private tellNewDevices(message: WireMessage, before: readonly Member[]): void {
    const members = this.group?.members ?? [];
    for (const member of members) {
      if (before.some((known) => same(known.key, member.key))) continue;
      this.tell(message, 'device_added', member.profileId, member.leaf);
    }
    this.remember(members);
  }

  private tell(message: WireMessage, kind: KeyNotice, profileId: string, leaf = 0): void {
    const line = this.line(message, '', { kind, profileId });
    this.texts.push({ ...line, id: `${message.id}:${kind}:${leaf}`, mine: profileId === this.facts.me });
  }

  private unreadable(message: WireMessage, why: Unreadable): TextRecord {
    return this.line(message, '', { kind: 'unreadable', why });
  }

  private line(message: WireMessage, body: string, what: TextRecord['what']): TextRecord {
    return {
      id: message.id,
      conversationId: message.conversation_id,
      seq: message.seq,
      order: 0,
      mine: message.sender_profile_id === this.facts.me,
      at: message.created_at,
      body,
      state: 'sent',
      what,
      sealed: null,
    };
  }
}

function whyUnreadable(error: unknown): Unreadable {
  if (error instanceof CommitMissing) return 'withheld';
  return error instanceof NewerVersion ? 'newer_version' : 'damaged';
}

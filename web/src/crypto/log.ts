/**
 * Reads the conversation's log in its order: what each entry changes on this device. Nothing is kept here; the caller
 * writes all changes of a stretch at once, so a crash repeats the stretch from the old state and never loses a text.
 */
import { fromBase64, same, toText } from './bytes';
import { type Identity, type Member, type Owner, ownerOfPackage } from './identity';
import { Group } from './mls';
import { unpad } from './padding';
import {
  type Facts,
  type GroupRecord,
  keepGroup,
  keepText,
  type PackageRecord,
  type TextRecord,
  type Unreadable,
} from './records';
import type { WireMessage } from './server';
import type { Change, Vault } from './vault';

interface Plain {
  readonly v: 1;
  readonly text: string;
}

export interface Stretch {
  readonly record: GroupRecord;
  readonly texts: readonly TextRecord[];
  readonly changes: readonly Change[];
}

export class LogReader {
  private group: Group | null;
  private readonly texts: TextRecord[] = [];
  private readonly changes: Change[] = [];

  constructor(
    private readonly vault: Vault,
    private readonly identity: Identity,
    private readonly facts: Facts,
    private record: GroupRecord,
  ) {
    this.group = record.state && Group.read(record.state, this.profiles);
  }

  async read(messages: readonly WireMessage[]): Promise<Stretch> {
    for (const message of messages) {
      if (message.seq <= this.record.seq) continue;
      await this.take(message);
      this.record = { ...this.record, seq: message.seq };
    }
    this.record = { ...this.record, state: this.group?.write() ?? null };
    return {
      record: this.record,
      texts: this.texts,
      changes: [...this.changes, ...this.texts.flatMap(keepText), keepGroup(this.record)],
    };
  }

  private get profiles(): readonly string[] {
    return [this.facts.me, this.facts.peer];
  }

  private async take(message: WireMessage): Promise<void> {
    switch (message.type) {
      case 'text':
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
    if ((await this.vault.read('texts', key)) !== undefined) return; // its answer was kept before the log was read
    if (!mine) this.record = { ...this.record, heard: message.seq };
    if (this.group === null) {
      this.texts.push(this.unreadable(message, mine ? 'own_other_device' : 'before_joining'));
      return;
    }
    try {
      const opened = await this.group.open(fromBase64(message.body), message.id);
      if (opened.kind !== 'text') throw new Error('a commit came as a text');
      if (opened.sender.profileId !== message.sender_profile_id)
        throw new Error('the sender is not who the server says');
      const plain = JSON.parse(toText(unpad(opened.plain))) as Plain;
      if (plain.v !== 1 || typeof plain.text !== 'string') throw new Error('an unknown kind of text');
      this.group = opened.group;
      this.texts.push(this.line(message, plain.text, { kind: 'text' }));
    } catch {
      // Damaged on the way, or sealed by a device that is no member: the page says so in the text's place.
      this.texts.push(this.unreadable(message, 'damaged'));
    }
  }

  private async takeCommit(message: WireMessage): Promise<void> {
    const before = this.group?.members ?? [];
    const { pending } = this.record;
    this.record = { ...this.record, logEpoch: message.epoch + 1 };
    if (pending?.id === message.id) {
      this.group = Group.read(pending.next, this.profiles);
      this.record = { ...this.record, pending: null };
    } else if (this.group !== null) {
      try {
        const opened = await this.group.open(fromBase64(message.body), message.id);
        this.group = opened.group;
      } catch {
        // A commit that this device cannot or must not follow: it leaves the group and asks to be let in anew.
        this.group = null;
        this.record = { ...this.record, asked: null };
      }
    }
    if (this.group !== null && message.epoch > 0) this.tellNewDevices(message, before);
    this.forgetAnswered((member) => member.leafKey);
  }

  private async takeWelcome(message: WireMessage): Promise<void> {
    if (this.group !== null) return;
    const body = fromBase64(message.body);
    try {
      for (const ref of Group.welcomed(body)) {
        const own = await this.vault.read<PackageRecord>('packages', [ref]);
        if (own === undefined) continue;
        this.group = await Group.join(body, own, this.facts.id, this.profiles);
        this.changes.push({ store: 'packages', key: [ref], value: undefined });
        this.record = { ...this.record, asked: null };
        this.forgetAnswered((member) => member.key);
      }
      // Founded without this device although it had announced itself: it asks again.
      if (this.group === null && message.epoch === 1) this.record = { ...this.record, asked: null };
    } catch {
      // A welcome that does not fit this conversation lets nobody in; the device asks again.
      this.group = null;
      this.record = { ...this.record, asked: null };
    }
  }

  private takeRequest(message: WireMessage): void {
    const owner = ownerOfPackage(fromBase64(message.body));
    const honest =
      owner !== null &&
      this.profiles.includes(owner.profileId) &&
      owner.profileId === message.sender_profile_id &&
      owner.deviceId === message.sender_device_id;
    const own = owner !== null && same(owner.key, this.identity.publicKey);
    if (!honest || own) return;
    const others = this.record.requests.filter((request) => request.deviceId !== owner.deviceId);
    const request = { profileId: owner.profileId, deviceId: owner.deviceId, body: message.body };
    this.record = { ...this.record, requests: [...others, request] };
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
    for (const member of this.group?.members ?? []) {
      if (before.length === 0 || before.some((known) => same(known.key, member.key))) continue;
      const notice = this.line(message, '', { kind: 'device_added', profileId: member.profileId });
      this.texts.push({ ...notice, id: `${message.id}:${member.leaf}`, mine: member.profileId === this.facts.me });
    }
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

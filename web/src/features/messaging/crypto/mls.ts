/**
 * Groups, by ts-mls, which only this file and identity.ts know. A group is a conversation of the devices of exactly two
 * profiles, each signed by its profile's identity. Any other device is refused wherever a credential is looked at: in a
 * welcome's tree, in an addition, in a commit.
 */
import {
  type ClientConfig,
  type ClientState,
  type Credential,
  createApplicationMessage,
  createCommit,
  createGroup,
  decodeGroupState,
  decodeMlsMessage,
  defaultKeyPackageEqualityConfig,
  defaultKeyRetentionConfig,
  defaultLifetimeConfig,
  emptyPskIndex,
  encodeGroupState,
  encodeMlsMessage,
  type IncomingMessageCallback,
  joinGroup,
  type MlsPrivateMessage,
  type PrivateKeyPackage,
  type Proposal,
  processMessage,
  type Welcome,
} from 'ts-mls';
import { decryptSenderData } from 'ts-mls/privateMessage.js';
import { type Bytes, concat, same, toHex, uuidToBytes } from '../../../kit/bytes';
import {
  cipherSuite,
  generatePackage,
  judge,
  type Member,
  OtherIdentity,
  type OwnDevice,
  type Owner,
  ownerOf,
  ownerOfLeaf,
  type Parties,
  Refused,
  readPackage,
} from './identity';

/** A commit ready to be sent, and the state that counts once the server has taken it. */
export interface Prepared {
  readonly commit: Bytes;
  readonly welcome: Bytes | null;
  readonly next: Group;
}

export type Opened =
  | { readonly kind: 'text'; readonly group: Group; readonly sender: Member; readonly plain: Uint8Array }
  | { readonly kind: 'commit'; readonly group: Group };

/** A message of another group than this one, or of an epoch that this device has not reached: a commit is missing. */
export class CommitMissing extends Refused {}

/** Texts carry their own padding; every text in the log is of the group's epoch, so keys outlive theirs by one. */
function configFor(parties: Parties): ClientConfig {
  return {
    keyRetentionConfig: { ...defaultKeyRetentionConfig, retainKeysForEpochs: 1 },
    lifetimeConfig: defaultLifetimeConfig,
    keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
    paddingConfig: { kind: 'alwaysPad', paddingLength: 0 },
    authService: {
      async validateCredential(credential: Credential, key: Uint8Array): Promise<boolean> {
        const owner = ownerOf(credential, key);
        if (owner === null) return false;
        const verdict = await judge(owner, parties);
        if (verdict === 'other_identity') throw new OtherIdentity(owner);
        return verdict === 'fine';
      },
    },
  };
}

/**
 * The id is the conversation's, followed by the epoch of its log at which the group was founded: a conversation whose
 * members are all gone is founded anew, and the log counts on.
 */
export class Group {
  private constructor(private readonly state: ClientState) {}

  static read(bytes: Uint8Array, parties: Parties): Group {
    const decoded = decodeGroupState(bytes, 0)?.[0];
    if (decoded === undefined) throw new Error("the group's state is damaged");
    return new Group({ ...decoded, clientConfig: configFor(parties) });
  }

  static async found(conversationId: string, logEpoch: number, device: OwnDevice, parties: Parties): Promise<Group> {
    const own = await generatePackage(device);
    const id = groupId(conversationId, logEpoch);
    return new Group(await createGroup(id, own.pub, own.priv, [], await cipherSuite(), configFor(parties)));
  }

  /** Whether a commit, as anybody can see, is the first of its group. */
  static isFounding(commit: Uint8Array): boolean {
    try {
      const message = decodeMlsMessage(commit, 0)?.[0];
      return message?.wireformat === 'mls_private_message' && message.privateMessage.epoch === 0n;
    } catch {
      return false; // no MLS message at all
    }
  }

  /** The key packages a welcome is meant for. */
  static welcomed(bytes: Uint8Array): string[] {
    return readWelcome(bytes).secrets.map((secret) => toHex(secret.newMember));
  }

  /** `logEpoch`: the epoch that the log says the welcome leads to. */
  static async join(
    welcome: Uint8Array,
    own: { publicBytes: Uint8Array; privateKeys: PrivateKeyPackage },
    conversationId: string,
    logEpoch: number,
    parties: Parties,
  ): Promise<Group> {
    const group = new Group(
      await joinGroup(
        readWelcome(welcome),
        readPackage(own.publicBytes),
        own.privateKeys,
        emptyPskIndex,
        await cipherSuite(),
        undefined,
        undefined,
        configFor(parties),
      ),
    );
    const base = logEpoch - Number(group.state.groupContext.epoch);
    if (base < 0 || !same(group.state.groupContext.groupId, groupId(conversationId, base))) {
      throw new Refused('the welcome belongs to another conversation or place in the log');
    }
    const peers = group.members.filter(({ profileId }) => profileId === parties.peer.profileId);
    if (peers.some(({ identity }) => !same(identity, peers[0]?.identity ?? identity))) {
      throw new Refused('one profile under two identities');
    }
    return group;
  }

  /** The same group, held to what is known of the two by now. */
  among(parties: Parties): Group {
    return new Group({ ...this.state, clientConfig: configFor(parties) });
  }

  write(): Uint8Array {
    return encodeGroupState(this.state);
  }

  /** As the log counts. */
  get epoch(): number {
    return this.base + Number(this.state.groupContext.epoch);
  }

  private get base(): number {
    const { groupId } = this.state.groupContext;
    return new DataView(groupId.buffer, groupId.byteOffset).getUint32(16);
  }

  get members(): Member[] {
    return this.state.ratchetTree.flatMap((node, index) => {
      const owner = node?.nodeType === 'leaf' ? ownerOfLeaf(node.leaf) : null;
      return owner === null ? [] : [{ ...owner, leaf: index / 2 }];
    });
  }

  /** Adds devices; one that comes back with new keys takes the place of its old leaf. */
  async add(packages: readonly Uint8Array[]): Promise<Prepared> {
    const added = packages.map(readPackage);
    const proposals: Proposal[] = added.map((keyPackage) => ({ proposalType: 'add', add: { keyPackage } }));
    for (const keyPackage of added) {
      const owner = ownerOfLeaf(keyPackage.leafNode);
      const old = this.members.find(
        (member) => member.profileId === owner?.profileId && member.deviceId === owner.deviceId,
      );
      if (old !== undefined && old.leaf === this.state.privatePath.leafIndex) {
        throw new Refused('this device cannot replace itself');
      }
      if (old !== undefined) proposals.push({ proposalType: 'remove', remove: { removed: old.leaf } });
    }
    const result = await createCommit(
      { state: this.state, cipherSuite: await cipherSuite() },
      { extraProposals: proposals, ratchetTreeExtension: true },
    );
    return {
      commit: encodeMlsMessage(result.commit) as Bytes,
      welcome:
        result.welcome === undefined
          ? null
          : (encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome: result.welcome }) as Bytes),
      next: new Group(result.newState),
    };
  }

  /** The message's id is authenticated with it, so that nobody can hang a text on another id. */
  async seal(plain: Uint8Array, messageId: string): Promise<{ body: Bytes; next: Group }> {
    const sealed = await createApplicationMessage(this.state, plain, await cipherSuite(), uuidToBytes(messageId));
    const message = {
      version: 'mls10',
      wireformat: 'mls_private_message',
      privateMessage: sealed.privateMessage,
    } as const;
    return { body: encodeMlsMessage(message) as Bytes, next: new Group(sealed.newState) };
  }

  async open(bytes: Uint8Array, messageId: string): Promise<Opened> {
    const message = decodeMlsMessage(bytes, 0)?.[0];
    if (message?.wireformat !== 'mls_private_message') throw new Refused('not a private message');
    const { groupId, epoch } = message.privateMessage;
    const own = this.state.groupContext;
    if (!same(groupId, own.groupId) || epoch > own.epoch) throw new CommitMissing('of a group or epoch not reached');
    if (epoch < own.epoch) throw new Refused('of an epoch that is over');
    const sender = await this.senderOf(message);
    const added: Owner[] = [];
    const allow = this.allow(added);
    const result = await processMessage(message, this.state, emptyPskIndex, allow, await cipherSuite());
    if (result.kind === 'applicationMessage') {
      if (!same(message.privateMessage.authenticatedData, uuidToBytes(messageId))) {
        throw new Refused('the text was written under another id');
      }
      return { kind: 'text', group: new Group(result.newState), sender, plain: result.message };
    }
    if (result.newState.groupActiveState.kind !== 'active') throw new Refused('this device was taken out of the group');
    if (result.actionTaken === 'reject') throw new Refused('the change of devices is not allowed');
    const group = new Group(result.newState);
    if (!group.members.every((member) => [...this.members, ...added].some((known) => isSame(known, member)))) {
      throw new Refused('a member took another name or key');
    }
    return { kind: 'commit', group };
  }

  private async senderOf(message: MlsPrivateMessage): Promise<Member> {
    const secret = this.state.keySchedule.senderDataSecret;
    const data = await decryptSenderData(message.privateMessage, secret, await cipherSuite());
    const sender = this.members.find((member) => member.leaf === data?.leafIndex);
    if (sender === undefined) throw new Refused('the sender is no member');
    return sender;
  }

  /** Devices may be added (whose, `added` tells), and an old leaf may go only when the same device is added again. */
  private allow(added: Owner[]): IncomingMessageCallback {
    return (incoming) => {
      if (incoming.kind !== 'commit' || incoming.senderLeafIndex === undefined) return 'reject';
      for (const { proposal } of incoming.proposals) {
        if (proposal.proposalType !== 'add') continue;
        const owner = ownerOfLeaf(proposal.add.keyPackage.leafNode);
        if (owner !== null) added.push(owner);
      }
      const fine = incoming.proposals.every(({ proposal }) => {
        if (proposal.proposalType === 'add') return true;
        if (proposal.proposalType !== 'remove') return false;
        const gone = this.members.find((member) => member.leaf === proposal.remove.removed);
        return added.some((owner) => owner.profileId === gone?.profileId && owner.deviceId === gone.deviceId);
      });
      return fine ? 'accept' : 'reject';
    };
  }
}

function groupId(conversationId: string, base: number): Bytes {
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, base);
  return concat(uuidToBytes(conversationId), count);
}

/** A leaf's keys are renewed by its own commits; its name and its identity are for good. */
function isSame(known: Owner & { leaf?: number }, member: Member): boolean {
  const place = known.leaf === undefined || known.leaf === member.leaf;
  const name = known.profileId === member.profileId && known.deviceId === member.deviceId;
  return place && name && same(known.key, member.key);
}

function readWelcome(bytes: Uint8Array): Welcome {
  const message = decodeMlsMessage(bytes, 0)?.[0];
  if (message?.wireformat !== 'mls_welcome') throw new Refused('not a welcome');
  return message.welcome;
}

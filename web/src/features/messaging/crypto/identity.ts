/**
 * Keys and names. A profile has one identity key, which signs its devices; a device has the key that MLS knows it by, and
 * key packages by which it lets itself be added to groups. Its credential carries all that others need to check it.
 */
import {
  type CiphersuiteImpl,
  type Credential,
  decodeMlsMessage,
  defaultLifetime,
  encodeMlsMessage,
  generateKeyPackageWithKey,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  type KeyPackage,
  type LeafNode,
  type PrivateKeyPackage,
} from 'ts-mls';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { type Bytes, bytesToUuid, concat, fromText, same, toHex, uuidToBytes } from '../../../kit/bytes';

const SUITE = 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519';
const SIGNED = fromText('meydan device 1');
const CREDENTIAL_LENGTH = 16 + 16 + 32 + 64;

/** Signs the devices of one profile. All its browsers hold it; it leaves them only sealed under a code. */
export interface IdentityKey {
  readonly signKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** This device of one profile, signed by the profile's identity. */
export interface OwnDevice {
  readonly profileId: string;
  readonly deviceId: string;
  readonly signKey: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly identity: Uint8Array;
  readonly signature: Uint8Array;
}

/** The device that a leaf or a key package names. Only `judge` says whether its identity signed it. */
export interface Owner {
  readonly profileId: string;
  readonly deviceId: string;
  readonly identity: Uint8Array;
  readonly signature: Uint8Array;
  readonly key: Uint8Array;
  /** Made for the key package that let this device in; stays until the device itself commits. */
  readonly leafKey: Uint8Array;
}

export interface Member extends Owner {
  readonly leaf: number;
}

/** Whose devices a group may hold: of two profiles, each signed by its identity; `null` is one not known yet. */
export interface Parties {
  readonly me: { readonly profileId: string; readonly identity: Uint8Array };
  readonly peer: { readonly profileId: string; readonly identity: Uint8Array | null };
}

export type Verdict = 'fine' | 'stranger' | 'unsigned' | 'other_identity';

export interface OwnPackage {
  readonly ref: string;
  readonly publicBytes: Bytes;
  readonly privateKeys: PrivateKeyPackage;
}

/** A commit, welcome or message that this device must not accept. */
export class Refused extends Error {}

/** A device of one of the two profiles, rightly signed, by an identity that is not the known one. */
export class OtherIdentity extends Refused {
  constructor(readonly owner: Pick<Owner, 'profileId' | 'identity'>) {
    super('signed by another identity');
  }
}

let suite: Promise<CiphersuiteImpl> | undefined;
export function cipherSuite(): Promise<CiphersuiteImpl> {
  suite ??= getCiphersuiteImpl(getCiphersuiteFromName(SUITE));
  return suite;
}

export async function makeIdentityKey(): Promise<IdentityKey> {
  return (await cipherSuite()).signature.keygen();
}

export async function makeDevice(identity: IdentityKey, profileId: string, deviceId: string): Promise<OwnDevice> {
  const { signature } = await cipherSuite();
  const { signKey, publicKey } = await signature.keygen();
  const signed = await signature.sign(identity.signKey, signedBytes({ profileId, deviceId, key: publicKey }));
  return { profileId, deviceId, signKey, publicKey, identity: identity.publicKey, signature: signed };
}

function signedBytes({ profileId, deviceId, key }: Pick<Owner, 'profileId' | 'deviceId' | 'key'>): Bytes {
  return concat(SIGNED, uuidToBytes(profileId), uuidToBytes(deviceId), key);
}

/** Tells whether a device may be in a group of these two, and if not, why. */
export async function judge(owner: Owner, { me, peer }: Parties): Promise<Verdict> {
  const party = [me, peer].find(({ profileId }) => profileId === owner.profileId);
  if (party === undefined) return 'stranger';
  const { signature } = await cipherSuite();
  const signed = await signature.verify(owner.identity, signedBytes(owner), owner.signature).catch(() => false);
  if (!signed) return 'unsigned';
  return party.identity === null || same(party.identity, owner.identity) ? 'fine' : 'other_identity';
}

function credentialOf(device: OwnDevice): Credential {
  const { profileId, deviceId, identity, signature } = device;
  return {
    credentialType: 'basic',
    identity: concat(uuidToBytes(profileId), uuidToBytes(deviceId), identity, signature),
  };
}

export function ownerOf(credential: Credential, key: Uint8Array, leafKey: Uint8Array = new Uint8Array()): Owner | null {
  if (credential.credentialType !== 'basic' || credential.identity.length !== CREDENTIAL_LENGTH) return null;
  const { identity } = credential;
  return {
    profileId: bytesToUuid(identity.subarray(0, 16)),
    deviceId: bytesToUuid(identity.subarray(16, 32)),
    identity: identity.slice(32, 64),
    signature: identity.slice(64),
    key,
    leafKey,
  };
}

export function ownerOfLeaf(leaf: LeafNode): Owner | null {
  return ownerOf(leaf.credential, leaf.signaturePublicKey, leaf.hpkePublicKey);
}

/** The device that a key package speaks for, or null when it cannot be read. */
export function ownerOfPackage(bytes: Uint8Array): Owner | null {
  try {
    return ownerOfLeaf(readPackage(bytes).leafNode);
  } catch {
    return null;
  }
}

export async function generatePackage(device: OwnDevice): Promise<{ pub: KeyPackage; priv: PrivateKeyPackage }> {
  const { publicPackage, privatePackage } = await generateKeyPackageWithKey(
    credentialOf(device),
    { versions: ['mls10'], ciphersuites: [SUITE], extensions: [], proposals: [], credentials: ['basic'] },
    defaultLifetime,
    [],
    { signKey: device.signKey, publicKey: device.publicKey },
    await cipherSuite(),
  );
  return { pub: publicPackage, priv: privatePackage };
}

export async function makePackage(device: OwnDevice): Promise<OwnPackage> {
  const { pub, priv } = await generatePackage(device);
  return {
    ref: toHex(await makeKeyPackageRef(pub, (await cipherSuite()).hash)),
    publicBytes: encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage: pub }) as Bytes,
    privateKeys: priv,
  };
}

export function readPackage(bytes: Uint8Array): KeyPackage {
  const message = decodeMlsMessage(bytes, 0)?.[0];
  if (message?.wireformat !== 'mls_key_package') throw new Refused('not a key package');
  return message.keyPackage;
}

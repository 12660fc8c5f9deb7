/** Who holds keys: a profile on a device, its identity, and the key packages by which it lets itself be added to groups. */
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
import { type Bytes, bytesToUuid, concat, toHex, uuidToBytes } from './bytes';

const SUITE = 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519';

/** One device of one profile: the unit that holds keys. */
export interface Identity {
  readonly profileId: string;
  readonly deviceId: string;
  readonly signKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

export interface Member {
  readonly profileId: string;
  readonly deviceId: string;
  readonly key: Uint8Array;
  /** Made for the key package that let this device in; stays until the device itself commits. */
  readonly leafKey: Uint8Array;
  readonly leaf: number;
}

export interface OwnPackage {
  readonly ref: string;
  readonly publicBytes: Bytes;
  readonly privateKeys: PrivateKeyPackage;
}

/** A commit, welcome or message that this device must not accept. */
export class Refused extends Error {}

let suite: Promise<CiphersuiteImpl> | undefined;
export function cipherSuite(): Promise<CiphersuiteImpl> {
  suite ??= getCiphersuiteImpl(getCiphersuiteFromName(SUITE));
  return suite;
}

export async function makeIdentity(profileId: string, deviceId: string): Promise<Identity> {
  const { signKey, publicKey } = await (await cipherSuite()).signature.keygen();
  return { profileId, deviceId, signKey, publicKey };
}

function credentialOf(identity: Identity): Credential {
  return {
    credentialType: 'basic',
    identity: concat(uuidToBytes(identity.profileId), uuidToBytes(identity.deviceId)),
  };
}

export function whoIs(credential: Credential): { profileId: string; deviceId: string } | null {
  if (credential.credentialType !== 'basic' || credential.identity.length !== 32) return null;
  return {
    profileId: bytesToUuid(credential.identity.subarray(0, 16)),
    deviceId: bytesToUuid(credential.identity.subarray(16)),
  };
}

export async function generatePackage(identity: Identity): Promise<{ pub: KeyPackage; priv: PrivateKeyPackage }> {
  const { publicPackage, privatePackage } = await generateKeyPackageWithKey(
    credentialOf(identity),
    { versions: ['mls10'], ciphersuites: [SUITE], extensions: [], proposals: [], credentials: ['basic'] },
    defaultLifetime,
    [],
    { signKey: identity.signKey, publicKey: identity.publicKey },
    await cipherSuite(),
  );
  return { pub: publicPackage, priv: privatePackage };
}

export async function makePackage(identity: Identity): Promise<OwnPackage> {
  const { pub, priv } = await generatePackage(identity);
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

export type Owner = Omit<Member, 'leaf'>;

export function ownerOfLeaf(leaf: LeafNode): Owner | null {
  const owner = whoIs(leaf.credential);
  return owner && { ...owner, key: leaf.signaturePublicKey, leafKey: leaf.hpkePublicKey };
}

/** Whose device a key package speaks for, or null when it cannot be read. */
export function ownerOfPackage(bytes: Uint8Array): Owner | null {
  const message = decodeMlsMessage(bytes, 0)?.[0];
  return message?.wireformat === 'mls_key_package' ? ownerOfLeaf(message.keyPackage.leafNode) : null;
}

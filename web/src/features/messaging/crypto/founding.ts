/** Who is invited when a group is founded: only devices that the identities of the two signed. */
import { fromBase64 } from '../../../kit/bytes';
import { judge, ownerOfPackage, type Parties } from './identity';
import type { Group, Prepared } from './mls';
import type { JoinRequest } from './records';
import type { KeyPackage } from './server';

interface Invited {
  readonly bodies: readonly Uint8Array[];
  /** With the identity that the other side has in this group, if none was known before. */
  readonly parties: Parties;
  /** Another identity under which the server offered devices of the other side. */
  readonly other: Uint8Array | null;
}

/** Devices that asked come first, with the package they asked with. What is not signed is left out, whatever the server says. */
export async function invite(
  known: Parties,
  asking: readonly JoinRequest[],
  claimed: readonly KeyPackage[],
): Promise<Invited> {
  const { profileId } = known.peer;
  const asked = asking.find((one) => one.profileId === profileId)?.identity ?? null;
  let parties: Parties = { ...known, peer: { profileId, identity: known.peer.identity ?? asked } };
  const invited = new Map(asking.map((one) => [one.deviceId, fromBase64(one.body)]));
  let other: Uint8Array | null = null;
  for (const one of claimed) {
    const body = fromBase64(one.package);
    const owner = ownerOfPackage(body);
    if (owner?.profileId !== one.profile_id || owner.deviceId !== one.device_id) continue;
    const verdict = await judge(owner, parties);
    const isPeer = owner.profileId === profileId;
    if (verdict === 'other_identity' && isPeer) other = owner.identity;
    if (verdict !== 'fine') continue;
    if (isPeer) parties = { ...parties, peer: { profileId, identity: owner.identity } };
    if (!invited.has(owner.deviceId)) invited.set(owner.deviceId, body);
  }
  return { bodies: [...invited.values()], parties, other };
}

/** A package that no group would take must not keep the others out. Null when none is left. */
export async function adding(group: Group, bodies: readonly Uint8Array[]): Promise<Prepared | null> {
  const fine: Uint8Array[] = [];
  let prepared: Prepared | null = null;
  for (const body of bodies) {
    try {
      prepared = await group.add([...fine, body]);
      fine.push(body);
    } catch {
      // Broken, over, or the same key twice.
    }
  }
  return prepared;
}

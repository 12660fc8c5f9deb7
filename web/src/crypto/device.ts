import { bytesToUuid, concat, fromText, uuidToBytes } from './bytes';

/**
 * The id under which a device appears in conversations. It differs for each face of a person, and nobody who sees two
 * of them can tell that they are one browser. The server computes the same one.
 */
export async function talkDeviceId(profileId: string, deviceId: string): Promise<string> {
  const input = concat(fromText('meydan device'), uuidToBytes(profileId), uuidToBytes(deviceId));
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', input)).slice(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytesToUuid(bytes);
}

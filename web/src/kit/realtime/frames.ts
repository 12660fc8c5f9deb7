import type { components } from './schema';

type Schemas = components['schemas'];

/** Frames out of the server's own AsyncAPI document (`npm run api`). */
export type ServerFrame = Schemas['ServerFrame'];
export type ClientFrame = Schemas['ClientFrame'];
/** What listeners get: everything but the handshake and the answers to pings. */
export type News = Exclude<ServerFrame, { t: 'ready' } | { t: 'pong' }>;

/** Reads one frame; what we do not know (a newer server) is passed on by its `t` and ignored by listeners. */
export function readFrame(text: string): ServerFrame | null {
  const frame: unknown = JSON.parse(text);
  return frame !== null && typeof frame === 'object' && 't' in frame ? (frame as ServerFrame) : null;
}

import { answer, api } from '../../kit/api/client';
import { NoAnswer as NoNetwork, Refused } from '../../kit/api/errors';
import { fromBase64, toBase64 } from '../../kit/bytes';
import { type MessageServer, NoAnswer, ServerRefusal } from './crypto/server';

/** So long an answer is waited for: other tabs wait for the same lock. */
const PATIENCE = 15_000;

/** Speaks to the server for `crypto/`, which knows two kinds of failure: it said no, or nobody knows. */
async function ask<Result>(call: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  try {
    return await call(AbortSignal.timeout(PATIENCE));
  } catch (error) {
    if (error instanceof Refused) throw new ServerRefusal(error.code, error.status, error.number('retry_after'));
    if (error instanceof NoNetwork || error instanceof DOMException) throw new NoAnswer('no answer');
    throw error;
  }
}

/** The name of this browser in the conversations of the active profile. */
export function askDeviceId(): Promise<string> {
  return ask(async (signal) => (await answer(api.GET('/api/messages/key-packages/count', { signal }))).device_id);
}

/** "4g", "wifi": for the log of who wrote when; most browsers do not say. */
function connectionType(): string | undefined {
  const { connection } = navigator as { connection?: { type?: string; effectiveType?: string } };
  return (connection?.type ?? connection?.effectiveType)?.slice(0, 40);
}

/** `onDevice` hears which device the server takes us for, whenever it says so. */
export function messageServer(onDevice: (deviceId: string) => void): MessageServer {
  return {
    send: (message) =>
      ask((signal) => {
        const body = { ...message, connection_type: connectionType() };
        return answer(api.POST('/api/messages/send', { body, signal }));
      }),
    list: (conversation_id, after, last) =>
      ask(async (signal) => {
        const params = {
          path: { conversation_id },
          query: { after, after_id: last?.id, after_at: last?.at, limit: 100 },
        };
        return (await answer(api.GET('/api/messages/{conversation_id}', { params, signal }))).items;
      }),
    consumeKeyPackages: (conversation_id, epoch) =>
      ask(async (signal) => {
        const request = { params: { path: { conversation_id } }, body: { epoch }, signal };
        return (await answer(api.POST('/api/messages/{conversation_id}/consume-key-packages', request))).packages;
      }),
    standing: () =>
      ask(async (signal) => {
        const { remaining, device_id, identity_key } = await answer(
          api.GET('/api/messages/key-packages/count', { signal }),
        );
        onDevice(device_id);
        return { packages: remaining, identity: identity_key ? fromBase64(identity_key) : null };
      }),
    setIdentity: (publicKey, replaces) =>
      ask(async (signal) => {
        const body = { public_key: toBase64(publicKey), replaces: replaces && toBase64(replaces) };
        await answer(api.PUT('/api/messages/identity-key', { body, signal }));
      }),
    offerIdentity: (sealed) =>
      ask(async (signal) => {
        await answer(api.PUT('/api/messages/identity-transfer', { body: { body: toBase64(sealed) }, signal }));
      }),
    offeredIdentity: async () => {
      try {
        return await ask(async (signal) =>
          fromBase64((await answer(api.GET('/api/messages/identity-transfer', { signal }))).body),
        );
      } catch (error) {
        if (error instanceof ServerRefusal && error.status === 404) return null;
        throw error;
      }
    },
    withdrawIdentity: () =>
      ask(async (signal) => {
        await answer(api.DELETE('/api/messages/identity-transfer', { signal }));
      }),
    addPackages: (packages, replace) =>
      ask(async (signal) => {
        const body = { packages: [...packages], replace };
        const { device_id } = await answer(api.PUT('/api/messages/key-packages', { body, signal }));
        onDevice(device_id);
      }),
    delivered: (conversation_id, seq) =>
      ask(async (signal) => {
        const params = { path: { conversation_id } };
        await answer(api.POST('/api/messages/{conversation_id}/delivered', { params, body: { seq }, signal }));
      }),
  };
}

export async function tellRead(message_id: string): Promise<void> {
  await ask((signal) =>
    answer(api.PUT('/api/messages/{message_id}/read', { params: { path: { message_id } }, signal })),
  );
}

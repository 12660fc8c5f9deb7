import { useQuery } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import { adopt } from '../../kit/api/session';
import type { Assertion, NewCredential, Passkey, PasskeyPlace } from '../../kit/api/types';
import { configQuery, queryClient } from '../../kit/queries';
import { passkeysQuery, thisBrowser } from './data';

/** The person closed the browser's question, or the browser has no passkey for this address. */
export class NoPasskeyUsed extends Error {}

/** The device that answered has a passkey of this account for this address. */
export class PasskeyThere extends Error {}

/** Whether passkeys work here: the server speaks of the address, the browser of itself. Nothing while we do not know. */
export function usePasskeySupport(): PasskeyPlace | 'old_browser' | undefined {
  const place = useQuery(configQuery).data?.passkeys;
  return place === 'ready' && !knowsPasskeys() ? 'old_browser' : place;
}

function knowsPasskeys(): boolean {
  return 'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
}

/** The answer of the browser's own dialogue, in JSON. */
async function asked(dialogue: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await dialogue();
    if (!credential) throw new NoPasskeyUsed();
    return (credential as PublicKeyCredential).toJSON();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (error.name === 'InvalidStateError') throw new PasskeyThere();
    if (error.name === 'NotAllowedError' || error.name === 'AbortError') throw new NoPasskeyUsed();
    throw error;
  }
}

export async function logInByPasskey(): Promise<void> {
  const options = await answer(api.POST('/api/auth/login/passkey/options'));
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = (await asked(() => navigator.credentials.get({ publicKey }))) as Assertion;
  const body = { credential, ...(await thisBrowser()) };
  adopt(await answer(api.POST('/api/auth/login/passkey', { body })));
}

/** `code` is of the account's second factor, if it has one. */
async function addPasskey({ name, ...proofs }: { name: string; password: string; code?: string }): Promise<Passkey> {
  const options = await answer(api.POST('/api/auth/passkeys/options', { body: proofs }));
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = (await asked(() => navigator.credentials.create({ publicKey }))) as NewCredential;
  return answer(api.POST('/api/auth/passkeys', { body: { name, credential } }));
}

const passkeysChanged = () => queryClient.invalidateQueries({ queryKey: passkeysQuery.queryKey });

export function useAddPasskey() {
  return useAction({ mutationFn: addPasskey, onSettled: passkeysChanged });
}

export function useRenamePasskey() {
  return useAction({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      answer(api.PUT('/api/auth/passkeys/{passkey_id}', { params: { path: { passkey_id: id } }, body: { name } })),
    onSettled: passkeysChanged,
  });
}

export function useRemovePasskey() {
  return useAction({
    mutationFn: ({ id, password }: { id: string; password: string }) =>
      answer(
        api.POST('/api/auth/passkeys/{passkey_id}/remove', {
          params: { path: { passkey_id: id } },
          body: { password },
        }),
      ),
    onSettled: passkeysChanged,
  });
}

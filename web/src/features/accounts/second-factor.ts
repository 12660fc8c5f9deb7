import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import type { components } from '../../kit/api/schema';
import { adopt } from '../../kit/api/session';
import { queryClient, secondFactorQuery } from '../../kit/queries';

type Schemas = components['schemas'];

export type SecondFactorWanted = Schemas['SecondFactorWanted'];
export type NewAuthenticator = Schemas['NewAuthenticator'];

/** Refusals of a code from an authenticator, or of a recovery code. */
export const CODE_REFUSALS = ['second_factor_wrong', 'second_factor_used'];

/** The second step of logging in; a right code opens the session. */
export async function finishLogIn(body: { challenge: string; code: string }): Promise<void> {
  adopt(await answer(api.POST('/api/auth/login/second-factor', { body })));
}

const changed = () => queryClient.invalidateQueries({ queryKey: secondFactorQuery.queryKey });

export function useBeginSecondFactor() {
  return useAction({
    mutationFn: (password: string) => answer(api.POST('/api/auth/second-factor', { body: { password } })),
  });
}

export function useConfirmSecondFactor() {
  return useAction({
    mutationFn: (body: { id: string; code: string }) => answer(api.POST('/api/auth/second-factor/confirm', { body })),
    onSuccess: changed,
  });
}

export function useRenewRecoveryCodes() {
  return useAction({
    mutationFn: (body: { password: string; code: string }) =>
      answer(api.POST('/api/auth/second-factor/recovery-codes', { body })),
    onSuccess: changed,
  });
}

export function useSwitchSecondFactorOff() {
  return useAction({
    mutationFn: (body: { password: string; code: string }) => answer(api.POST('/api/auth/second-factor/off', { body })),
    onSuccess: changed,
  });
}

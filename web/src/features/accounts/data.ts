import { queryOptions, useQuery } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { browserKey } from '../../kit/api/browser-key';
import { answer, api } from '../../kit/api/client';
import { thisDevice } from '../../kit/api/device';
import { Refused } from '../../kit/api/errors';
import { adopt, leaveSession, setMe } from '../../kit/api/session';
import type {
  ChangeProfileRequest,
  Face,
  LogInRequest,
  OtpChannel,
  OtpPurpose,
  RegisterUserRequest,
  RequireVerified,
} from '../../kit/api/types';
import { rememberedLanguage } from '../../kit/language';
import { configQuery, queryClient } from '../../kit/queries';
import { withPuzzle } from './puzzle';
import type { SecondFactorWanted } from './second-factor';

/** What this square wants proved before one meets anybody; `me.verified` says whether it is. */
export function useWanted(): RequireVerified {
  return useQuery(configQuery).data?.require_verified ?? 'phone';
}

export const sendOtp = (body: { channel: OtpChannel; to: string; purpose: OtpPurpose }) =>
  withPuzzle((puzzle) =>
    answer(
      api.POST('/api/auth/send-otp', {
        body: { ...body, client_device_id: thisDevice().id, language: rememberedLanguage(), puzzle },
      }),
    ),
  );
export const verifyOtp = (body: { to: string; code: string; purpose: OtpPurpose }) =>
  answer(api.POST('/api/auth/verify-otp', { body }));

/** What the server learns of this browser when a session begins here. */
export const thisBrowser = async () => ({ device: thisDevice(), browser_key: await browserKey() });

export async function register(body: Omit<RegisterUserRequest, 'device' | 'browser_key'>): Promise<void> {
  adopt(await answer(api.POST('/api/auth/register', { body: { ...body, ...(await thisBrowser()) } })));
}

/** Opens a session, or says that a second factor is still to come. */
export async function logIn(
  body: Omit<LogInRequest, 'device' | 'browser_key' | 'puzzle'>,
): Promise<SecondFactorWanted | null> {
  const browser = await thisBrowser();
  const outcome = await withPuzzle((puzzle) =>
    answer(api.POST('/api/auth/login', { body: { ...body, ...browser, puzzle } })),
  );
  if ('challenge' in outcome) return outcome;
  adopt(outcome);
  return null;
}

/** Ends the session here, or everywhere. Without an answer nothing has ended, and the page says so. */
export const logOut = (all = false): Promise<void> =>
  leaveSession(async () => {
    try {
      await answer(api.POST('/api/auth/logout', { body: { all } }));
    } catch (error) {
      if (!(error instanceof Refused && error.status === 401)) throw error; // 401: it was over already
    }
  });

export const resetPassword = (body: { proof: string; password: string }) =>
  answer(api.POST('/api/auth/reset-password', { body }));
export const changePassword = (body: { current: string; new: string }) =>
  answer(api.POST('/api/auth/password', { body }));
export const verifyContact = async (body: { proof: string; password: string }) =>
  setMe(await answer(api.POST('/api/auth/verify', { body })));

export const suggestionsQuery = (alias: string) =>
  queryOptions({
    queryKey: ['alias-suggestions', alias],
    queryFn: () => answer(api.GET('/api/auth/alias-suggestions', { params: { query: { alias } } })),
    staleTime: 60_000,
  });

export function useChangeProfile() {
  return useAction({
    mutationFn: (body: ChangeProfileRequest) => answer(api.PUT('/api/users/profile', { body })),
    onSuccess: setMe,
  });
}

export function useSwitchFace() {
  return useAction({
    mutationFn: (face: Face) => answer(api.POST('/api/auth/face', { body: { face } })),
    onSuccess: adopt,
  });
}

export function useMakeShadow() {
  return useAction({
    mutationFn: (alias: string) => answer(api.POST('/api/auth/shadow', { body: { alias } })),
    onSuccess: setMe,
  });
}

export const sessionsQuery = queryOptions({
  queryKey: ['sessions', 'list'],
  queryFn: () => answer(api.GET('/api/auth/sessions')),
});
export const devicesQuery = queryOptions({
  queryKey: ['sessions', 'devices'],
  queryFn: () => answer(api.GET('/api/auth/devices')),
});
export const passkeysQuery = queryOptions({
  queryKey: ['passkeys'],
  queryFn: () => answer(api.GET('/api/auth/passkeys')),
});

const sessionsChanged = () => queryClient.invalidateQueries({ queryKey: ['sessions'] });

export function useEndSession() {
  return useAction({
    mutationFn: (session_id: string) =>
      answer(api.DELETE('/api/auth/sessions/{session_id}', { params: { path: { session_id } } })),
    onSettled: sessionsChanged,
  });
}

export function useForgetDevice() {
  return useAction({
    mutationFn: (device_id: string) =>
      answer(api.DELETE('/api/auth/devices/{device_id}', { params: { path: { device_id } } })),
    onSettled: sessionsChanged,
  });
}

export const exportData = () => answer(api.GET('/api/users/export'));
export const eraseAccount = (password: string): Promise<void> =>
  leaveSession(() => answer(api.POST('/api/users/erase', { body: { password } })));

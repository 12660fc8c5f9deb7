import { queryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import { Refused } from '../../kit/api/errors';
import { adopt, leaveSession, setMe } from '../../kit/api/session';
import type { ChangeProfileRequest, Face } from '../../kit/api/types';
import { queryClient } from '../../kit/queries';

/** Ends the session here, or everywhere. Without an answer nothing has ended, and the page says so. */
export const logOut = (all = false): Promise<void> =>
  leaveSession(async () => {
    try {
      await answer(api.POST('/api/auth/logout', { body: { all } }));
    } catch (error) {
      if (!(error instanceof Refused && error.status === 401)) throw error; // 401: it was over already
    }
  });

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

import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import { staffChanged } from '../../kit/staff';

export function useFreeze(user_id: string) {
  return useAction({
    mutationFn: (reason: string) =>
      answer(api.POST('/api/staff/wallets/{user_id}/freeze', { params: { path: { user_id } }, body: { reason } })),
    onSettled: staffChanged,
  });
}

export function useThaw(user_id: string) {
  return useAction({
    mutationFn: () => answer(api.POST('/api/staff/wallets/{user_id}/thaw', { params: { path: { user_id } } })),
    onSettled: staffChanged,
  });
}

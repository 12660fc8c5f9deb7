import { useLingui } from '@lingui/react/macro';
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSession } from '../../kit/api/session';
import { queryClient } from '../../kit/queries';
import { onNews } from '../../kit/realtime';
import { toast } from '../../kit/ui';
import { useGiftWords } from '../gifts';
import { conversationsQuery } from './data';

/** Whose talk is open on the page, if one is. */
function talkingWith(path: string): string | undefined {
  const list = queryClient.getQueryData(conversationsQuery.queryKey);
  return list?.items.find(({ id }) => path === `/messages/${id}`)?.peer.id;
}

/** Somebody gave something while one looked elsewhere: say what and from whom. In the talk itself it simply arrives. */
export function GiftToasts(): null {
  const { t } = useLingui();
  const words = useGiftWords();
  const router = useRouter();
  useEffect(
    () =>
      onNews((frame) => {
        if (frame.t !== 'gift_received') return;
        if (frame.profile_id !== useSession.getState().me?.profile.id) {
          toast(t`Your other face got a gift. Put it on to see it.`, { kind: 'news' });
          return;
        }
        if (talkingWith(router.state.location.pathname) === frame.gift.from.id) return;
        toast(t`${frame.gift.from.alias} gave you: ${words(frame.gift)}`, {
          kind: 'news',
          action: { label: t`To my gifts`, onClick: () => void router.navigate({ to: '/wallet/gifts' }) },
        });
      }),
    [t, words, router],
  );
  return null;
}

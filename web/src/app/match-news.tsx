import { useLingui } from '@lingui/react/macro';
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { onNews } from '../realtime';
import { toast } from '../ui';

/** Somebody was found while one looked at another page: say so, and lead there. The waiting page goes there by itself. */
export function useMatchNews(): void {
  const { t } = useLingui();
  const router = useRouter();
  useEffect(
    () =>
      onNews((frame) => {
        if (frame.t !== 'match_made') return;
        const path = router.state.location.pathname;
        if (path === '/waiting' || path === `/messages/${frame.conversation_id}`) return;
        toast(t`Somebody came to your lamp.`, {
          kind: 'news',
          action: {
            label: t`To the talk`,
            onClick: () =>
              void router.navigate({
                to: '/messages/$conversationId',
                params: { conversationId: frame.conversation_id },
              }),
          },
        });
      }),
    [t, router],
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BellRing } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useAction } from '../../kit/action';
import { useMe } from '../../kit/api/session';
import { useWords } from '../../kit/api/words';
import { serverNow } from '../../kit/clock';
import { queryClient } from '../../kit/queries';
import { onNews } from '../../kit/realtime';
import { kept } from '../../kit/storage';
import { Button, toast } from '../../kit/ui';
import { pushQuery } from './data';
import { ability, isGranted, switchOn } from './push';

const LATER = 'meydan.push.later';
const NOT_AGAIN_FOR = 60 * 86_400_000;

/** Whoever said "later" is left alone for two months; whoever said no to the browser for good. */
function mayAsk(): boolean {
  const later = Number(kept.getItem(LATER) ?? 0);
  const can = ability();
  return !isGranted() && (can === 'possible' || can === 'home_screen') && serverNow() - later > NOT_AGAIN_FOR;
}

/** Asks once the person has written something that somebody may answer; never on arrival. */
export function PushAsk() {
  const { t } = useLingui();
  const words = useWords();
  const me = useMe();
  const [hasWritten, setHasWritten] = useState(false);
  const { data: push } = useQuery({ ...pushQuery, enabled: hasWritten });
  const faces = me.faces.map(({ profile }) => profile.id).join();

  useEffect(
    () =>
      onNews((frame) => {
        if (frame.t !== 'message' || frame.message.type !== 'text') return;
        if (faces.includes(frame.message.sender_profile_id) && mayAsk()) setHasWritten(true);
      }),
    [faces],
  );

  const on = useAction({
    mutationFn: (key: string) => switchOn(me.user_id, key),
    onSuccess: (outcome) => {
      setHasWritten(false);
      if (outcome === 'on') toast(t`This device tells you when somebody writes.`);
      else kept.setItem(LATER, String(serverNow()));
      void queryClient.invalidateQueries({ queryKey: pushQuery.queryKey });
    },
    onError: (error) => toast(words(error), { kind: 'fault' }),
  });

  const key = push?.application_server_key;
  if (!hasWritten || !key) return null;
  const later = () => {
    kept.setItem(LATER, String(serverNow()));
    setHasWritten(false);
  };
  const isOnAPhoneOfApple = ability() === 'home_screen';
  return (
    <section
      aria-label={t`Notifications`}
      className="flex flex-wrap items-center justify-center gap-x-4 gap-y-2 border-line border-b bg-card px-4 py-2.5 text-sm"
    >
      <p role="status" className="flex min-w-0 items-center gap-2.5">
        <BellRing aria-hidden className="size-4.5 shrink-0 text-lamp-text" />
        <Trans>Shall this device tell you when they answer? It says neither who wrote nor what.</Trans>
      </p>
      <span className="flex gap-2">
        {isOnAPhoneOfApple ? (
          <Button size="sm" look="lamp" asChild>
            <Link to="/me/push" onClick={later}>
              <Trans>How that works</Trans>
            </Link>
          </Button>
        ) : (
          <Button size="sm" look="lamp" busy={on.isPending} onClick={() => on.mutate(key)}>
            <Trans>Tell me</Trans>
          </Button>
        )}
        <Button size="sm" onClick={later}>
          <Trans>Later</Trans>
        </Button>
      </span>
    </section>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { useNavigate } from '@tanstack/react-router';
import type { Conversation } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { serverNow } from '../../kit/clock';
import { Button, Sheet, SheetFoot } from '../../kit/ui';
import { useLeave, useNext } from '../meeting';
import { patchConversation } from './data';

/** Leaving cannot be undone, so it is said once what it does. */
export function LeaveSheet({
  open,
  onClose,
  conversation,
}: {
  open: boolean;
  onClose: () => void;
  conversation: Conversation;
}) {
  const { t } = useLingui();
  const words = useWords();
  const navigate = useNavigate();
  const leave = useLeave();
  const next = useNext();
  const busy = leave.isPending || next.isPending;
  const fault = leave.error ?? next.error;
  const ended = () => {
    patchConversation(conversation.id, (one) => ({
      ...one,
      closed_at: one.closed_at ?? new Date(serverNow()).toISOString(),
    }));
    onClose();
  };
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t`Leave ${conversation.peer.alias}?`}
      words={t`The talk ends for both of you and is not opened again. What was said can be read until its time is up.`}
    >
      {fault ? (
        <p role="alert" className="text-terracotta">
          {words(fault)}
        </p>
      ) : null}
      <SheetFoot>
        <Button look="quiet" wide onClick={onClose}>
          <Trans>Stay</Trans>
        </Button>
        <Button
          wide
          busy={busy}
          onClick={() =>
            next.mutate(conversation.match_id, {
              onSuccess: () => {
                ended();
                void navigate({ to: '/waiting' });
              },
            })
          }
        >
          <Trans>Leave and meet the next one</Trans>
        </Button>
        <Button
          look="danger"
          wide
          busy={busy}
          onClick={() =>
            leave.mutate(conversation.match_id, {
              onSuccess: () => {
                ended();
                void navigate({ to: '/' });
              },
            })
          }
        >
          <Trans>Leave</Trans>
        </Button>
      </SheetFoot>
    </Sheet>
  );
}

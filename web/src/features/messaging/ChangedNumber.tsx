import { Trans } from '@lingui/react/macro';
import { ShieldAlert } from 'lucide-react';
import { useState } from 'react';
import type { Conversation } from '../../kit/api/types';
import { Button, Notice } from '../../kit/ui';
import { useStanding } from './data';
import { ChangedWords, SafetySheet } from './SafetySheet';

/** The other side's identity is not the known one: nothing is sent until the person has decided. */
export function ChangedNumber({ conversation }: { conversation: Conversation }) {
  const standing = useStanding(conversation);
  const [open, setOpen] = useState(false);
  const { alias } = conversation.peer;
  if (standing === 'known') return null;
  return (
    <div role="alert" className="mx-auto w-full max-w-[560px] shrink-0 px-4 pb-3">
      <Notice
        tone="terracotta"
        icon={<ShieldAlert aria-hidden />}
        title={<Trans>The safety number with {alias} has changed</Trans>}
        action={
          <Button size="sm" onClick={() => setOpen(true)}>
            <Trans>Look at the new number</Trans>
          </Button>
        }
      >
        <ChangedWords standing={standing} alias={alias} />
      </Notice>
      <SafetySheet open={open} onClose={() => setOpen(false)} conversation={conversation} />
    </div>
  );
}

import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useEffect, useState } from 'react';
import { useAction } from '../../kit/action';
import type { Conversation } from '../../kit/api/types';
import { Button, Sheet } from '../../kit/ui';
import type { Safety } from './crypto/acquaintances';
import { asFacts } from './data';
import { sync } from './letterbox';
import { useLetterbox } from './store';

/** What both can compare to know that nobody sits between them, and what comparing it gives. */
export function SafetySheet({
  open,
  onClose,
  conversation,
}: {
  open: boolean;
  onClose: () => void;
  conversation: Conversation;
}) {
  const { t } = useLingui();
  const safety = useSafety(open, conversation);
  const client = useLetterbox((state) => state.client);
  const { alias } = conversation.peer;
  const accept = useAction({
    mutationFn: async () => {
      if (client !== null && safety !== null) await client.conversations.accept(asFacts(conversation), safety.identity);
    },
    onSuccess: () => {
      sync(conversation.id);
      onClose();
    },
  });
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t`Safety number`}
      words={t`Your words are encrypted on your device and readable only on yours and theirs. Compare this number with ${alias} by another way, a call or face to face: if both of you see the same one, nobody reads along.`}
      actions={
        safety !== null && safety.standing !== 'known' ? (
          <>
            <Button className="flex-1" onClick={onClose}>
              <Trans>Not now</Trans>
            </Button>
            <Button look="lamp" className="flex-1" busy={accept.isPending} onClick={() => accept.mutate()}>
              <Trans>Go on with this number</Trans>
            </Button>
          </>
        ) : undefined
      }
    >
      {safety === null ? (
        <p className="rounded-card bg-deep p-4 text-soft">
          <Trans>The number appears as soon as both of your devices have found each other.</Trans>
        </p>
      ) : (
        <>
          {safety.standing === 'known' ? null : (
            <p className="rounded-card bg-terracotta-soft p-4 text-sm">
              <ChangedWords standing={safety.standing} alias={alias} />
            </p>
          )}
          <p
            className="grid grid-cols-3 gap-x-4 gap-y-2 rounded-card bg-deep p-4 text-center font-display font-semibold text-lg tabular-nums sm:grid-cols-4"
            data-testid="safety-number"
          >
            {safety.digits.map((group, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: twelve places that never move
              <span key={place}>{group}</span>
            ))}
          </p>
          <p className="text-soft text-sm">
            <Plural value={safety.mine} one="# device of yours" other="# devices of yours" />
            {' · '}
            <Plural value={safety.theirs} one="# device of theirs" other="# devices of theirs" />
          </p>
          <div className="flex flex-col gap-2 text-soft text-sm">
            <p>
              <Trans>
                The number stands for a key of each of you that only your own browsers can read. It signs your devices:
                one that it did not sign is let in nowhere, and a new one is told about in the talk. The number stays
                the same.
              </Trans>
            </p>
            <p>
              <Trans>
                As long as you have not compared it, you rely on the server for your first talk: a key swapped there
                shows as different numbers, and in no other way. One swapped later is refused, and shown to you.
              </Trans>
            </p>
            <p>
              <Trans>
                It does not protect you from somebody who holds an unlocked device of one of you, or from a page that
                the server has changed. And whatever you write, {alias} has.
              </Trans>
            </p>
          </div>
        </>
      )}
    </Sheet>
  );
}

/** Why the number is another one than before. */
export function ChangedWords({ standing, alias }: { standing: 'offered' | 'changed'; alias: string }) {
  return standing === 'changed' ? (
    <Trans>
      {alias} has another key now. They may have lost or cleared every browser they had; or somebody has put themselves
      between you. Only comparing the number tells. Nothing is sent until you decide.
    </Trans>
  ) : (
    <Trans>
      This browser was not in the talk before and cannot tell whether this is the same {alias}. Only comparing the
      number tells. Nothing is sent until you decide.
    </Trans>
  );
}

function useSafety(open: boolean, conversation: Conversation): Safety | null {
  const client = useLetterbox((state) => state.client);
  const [safety, setSafety] = useState<Safety | null>(null);
  useEffect(() => {
    if (!open || client === null) {
      setSafety(null); // an old number must not be read while the new one is made
      return;
    }
    let current = true;
    const read = async () => {
      const found = await client.conversations.safety(asFacts(conversation));
      if (current) setSafety(found);
    };
    read().catch(reportError);
    const stop = client.onChange((change) => {
      if (change.conversationId === conversation.id) read().catch(reportError);
    });
    return () => {
      current = false;
      stop();
    };
  }, [open, client, conversation]);
  return safety;
}

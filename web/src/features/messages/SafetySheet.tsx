import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useEffect, useState } from 'react';
import type { Conversation } from '../../api/types';
import type { Member } from '../../crypto/identity';
import { safetyNumber } from '../../crypto/safety';
import { Sheet } from '../../ui';
import { asFacts } from './data';
import { useLetterbox } from './store';

interface Numbers {
  digits: string[];
  mine: number;
  theirs: number;
}

async function numbersOf(members: readonly Member[], me: string): Promise<Numbers | null> {
  if (members.length === 0) return null;
  const mine = members.filter((member) => member.profileId === me).length;
  return { digits: await safetyNumber(members), mine, theirs: members.length - mine };
}

/** What both can compare to know that nobody sits between them. */
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
  const client = useLetterbox((state) => state.client);
  const [numbers, setNumbers] = useState<Numbers | null>(null);

  useEffect(() => {
    if (!open || client === null) {
      setNumbers(null); // an old number must not be read while the new one is made
      return;
    }
    let current = true;
    const read = async () => {
      const found = await numbersOf(
        await client.conversations.members(asFacts(conversation)),
        conversation.me_profile_id,
      );
      if (current) setNumbers(found);
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

  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t`Safety number`}
      words={t`Your words are encrypted on your device and readable only on theirs. Compare this number with ${conversation.peer.alias} by another way: if both of you see the same one, nobody reads along.`}
    >
      {numbers === null ? (
        <p className="rounded-card bg-deep p-4 text-soft">
          <Trans>The number appears as soon as both of your devices have found each other.</Trans>
        </p>
      ) : (
        <>
          <p
            className="grid grid-cols-3 gap-x-4 gap-y-2 rounded-card bg-deep p-4 text-center font-display font-semibold text-lg tabular-nums sm:grid-cols-4"
            data-testid="safety-number"
          >
            {numbers.digits.map((group, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: twelve places that never move
              <span key={place}>{group}</span>
            ))}
          </p>
          <p className="text-soft text-sm">
            <Plural value={numbers.mine} one="# device of yours" other="# devices of yours" />
            {' · '}
            <Plural value={numbers.theirs} one="# device of theirs" other="# devices of theirs" />
            {'. '}
            <Trans>The number changes when one of you comes with another device; the talk says so.</Trans>
          </p>
        </>
      )}
    </Sheet>
  );
}

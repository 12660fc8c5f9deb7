import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { useMe } from '../../kit/api/session';
import { Button, Section } from '../../kit/ui';
import { LetInSheet } from './LetInSheet';
import { useLetterbox } from './store';

/** On the page of sessions: the key of the talks goes to another browser. */
export function LetInSection() {
  const me = useMe();
  const hasKey = useLetterbox(({ client, trouble }) => client !== null && trouble === null);
  const [letting, setLetting] = useState(false);
  return (
    <Section title={<Trans>Your talks in another browser</Trans>}>
      <p className="text-soft">
        <Trans>
          Talks are encrypted with a key that only your browsers hold. A new browser gets it from this one, by a code
          that you type there. Each of your faces has its own; this is about {me.profile.alias}.
        </Trans>
      </p>
      <Button className="self-start" disabled={!hasKey} onClick={() => setLetting(true)}>
        <Trans>Let in another browser</Trans>
      </Button>
      <LetInSheet open={letting} onClose={() => setLetting(false)} />
    </Section>
  );
}

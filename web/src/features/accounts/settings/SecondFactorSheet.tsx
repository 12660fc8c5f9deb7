import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { useWords } from '../../../kit/api/words';
import { Button, Field, PasswordField, Sheet } from '../../../kit/ui';

/** A change that needs the password and a code: switching off, or new recovery codes. */
export function SecondFactorSheet({
  title,
  words,
  act,
  danger,
  busy,
  error,
  onSend,
  onClose,
}: {
  title: string;
  words: string;
  act: string;
  danger?: boolean;
  busy: boolean;
  error: unknown;
  onSend: (proof: { password: string; code: string }) => void;
  onClose: () => void;
}) {
  const { t } = useLingui();
  const say = useWords();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const ready = password !== '' && code.trim() !== '';
  return (
    <Sheet open onClose={onClose} title={title} words={words}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) onSend({ password, code });
        }}
      >
        <PasswordField
          label={t`Your password`}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Field
          label={t`Code from your app, or a recovery code`}
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        {error ? (
          <p role="alert" className="text-terracotta">
            {say(error)}
          </p>
        ) : null}
        <div className="flex gap-2">
          <Button className="flex-1" onClick={onClose}>
            <Trans>Not now</Trans>
          </Button>
          <Button look={danger ? 'danger' : 'lamp'} className="flex-1" type="submit" busy={busy} disabled={!ready}>
            {act}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}

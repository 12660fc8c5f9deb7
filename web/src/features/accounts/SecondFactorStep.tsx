import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { useAction } from '../../kit/action';
import { isRefusal } from '../../kit/api/errors';
import { useWords } from '../../kit/api/words';
import { Button, CodeField, Field } from '../../kit/ui';
import { finishLogIn } from './second-factor';

/** The code that one's app shows, or a recovery code where the phone is lost. */
export function SecondFactorStep({
  challenge,
  onDone,
  onExpired,
}: {
  challenge: string;
  onDone: () => void;
  onExpired: (error: unknown) => void;
}) {
  const { t } = useLingui();
  const words = useWords();
  const [by, setBy] = useState<'app' | 'recovery'>('app');
  const [code, setCode] = useState('');
  const finish = useAction({
    mutationFn: (typed: string) => finishLogIn({ challenge, code: typed }),
    onSuccess: onDone,
    onError: (error) => {
      if (isRefusal(error, 'log_in_expired')) onExpired(error);
      else if (isRefusal(error) && by === 'app') setCode(''); // without an answer the code stays, to be sent again
    },
  });
  const error = finish.error ? words(finish.error) : undefined;
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (code.trim() && !finish.isPending) finish.mutate(code);
      }}
    >
      {by === 'app' ? (
        <CodeField
          key="app"
          label={t`Code from your app`}
          hint={t`Six digits. Every half minute the app shows new ones.`}
          value={code}
          onChange={setCode}
          onComplete={(typed) => finish.mutate(typed)}
          busy={finish.isPending}
          error={error}
        />
      ) : (
        <Field
          key="recovery"
          label={t`Recovery code`}
          hint={t`One of the ten that you kept. Each works once.`}
          autoFocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.target.value)}
          error={error}
        />
      )}
      <Button look="lamp" size="lg" type="submit" wide busy={finish.isPending} disabled={!code.trim()}>
        <Trans>Log in</Trans>
      </Button>
      <Button
        look="quiet"
        className="self-start"
        onClick={() => {
          finish.reset();
          setCode('');
          setBy(by === 'app' ? 'recovery' : 'app');
        }}
      >
        {by === 'app' ? <Trans>I do not have the app at hand</Trans> : <Trans>Use the app</Trans>}
      </Button>
      {by === 'recovery' ? (
        <p className="text-soft text-sm">
          <Trans>No recovery code either? Those who run this square can help, once they know that it is you.</Trans>
        </p>
      ) : null}
    </form>
  );
}

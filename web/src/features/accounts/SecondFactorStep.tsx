import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { isRefusal } from '../../kit/api/errors';
import { Form, useForm } from '../../kit/form';
import { Button, CodeField, Fault, Field } from '../../kit/ui';
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
  const [by, setBy] = useState<'app' | 'recovery'>('app');
  const form = useForm({
    initial: { code: '' },
    refusals: { code: isRefusal },
    ready: ({ code }) => code.trim() !== '',
    send: async ({ code }) => {
      await finishLogIn({ challenge, code });
      onDone();
    },
    onFault: (error) => {
      if (isRefusal(error, 'log_in_expired')) onExpired(error);
      else if (isRefusal(error) && by === 'app') form.change({ code: '' }); // without an answer it stays, to be sent again
    },
  });
  return (
    <Form form={form} className="flex flex-col gap-5">
      {by === 'app' ? (
        <CodeField
          key="app"
          label={t`Code from your app`}
          hint={t`Six digits. Every half minute the app shows new ones.`}
          {...form.choice('code')}
          onComplete={(code) => form.submit({ code })}
          busy={form.busy}
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
          {...form.field('code')}
        />
      )}
      <Fault>{form.fault}</Fault>
      <Button look="lamp" size="lg" type="submit" wide busy={form.busy} disabled={!form.isReady}>
        <Trans>Log in</Trans>
      </Button>
      <Button
        look="quiet"
        className="self-start"
        onClick={() => {
          form.clear();
          form.change({ code: '' });
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
    </Form>
  );
}

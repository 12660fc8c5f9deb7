import { Trans, useLingui } from '@lingui/react/macro';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { isRefusal } from '../../kit/api/errors';
import type { OtpSent } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { Form, useForm } from '../../kit/form';
import { Button, Fault, PasswordField, toast } from '../../kit/ui';
import { DoorPage } from '../../kit/ui/DoorPage';
import { CodeStep } from './CodeStep';
import { type ContactKind, ContactStep } from './ContactStep';
import { resetPassword } from './data';
import { useKept } from './kept';

interface Draft {
  step: 'contact' | 'code' | 'password';
  kind: ContactKind;
  value: string;
  to: string;
  sent: OtpSent | null;
  proof: string;
}

/** A new password, for who can still be reached. */
export function ResetPage() {
  const { t } = useLingui();
  const words = useWords();
  const navigate = useNavigate();
  const [fault, setFault] = useState<unknown>(null);
  const [draft, change, forget] = useKept<Draft>('reset', {
    step: 'contact',
    kind: 'phone',
    value: '',
    to: '',
    sent: null,
    proof: '',
  });
  return (
    <DoorPage
      title={
        { contact: t`Reset your password`, code: t`Enter the code`, password: t`Choose a new password` }[draft.step]
      }
      back="/login"
      onBack={draft.step === 'contact' ? undefined : () => change({ step: 'contact' })}
      lead={
        draft.step === 'contact' ? (
          <Trans>We send a code to the phone or e-mail of your account.</Trans>
        ) : draft.step === 'password' ? (
          <Trans>Every device will be logged out and can log in with the new one.</Trans>
        ) : undefined
      }
    >
      {draft.step === 'contact' ? (
        <>
          <Fault>{fault ? words(fault) : null}</Fault>
          <ContactStep
            kind={draft.kind}
            onKind={(kind) => change({ kind, value: '' })}
            value={draft.value}
            onValue={(value) => change({ value })}
            purpose="reset"
            onSent={(sent, to) => {
              setFault(null);
              change({ sent, to, step: 'code' });
            }}
          />
        </>
      ) : null}
      {draft.step === 'code' && draft.sent ? (
        <CodeStep
          to={draft.to}
          purpose="reset"
          sent={draft.sent}
          onSentAgain={(sent) => change({ sent })}
          onProof={(proof) => change({ proof, step: 'password' })}
          onOther={() => change({ step: 'contact' })}
        />
      ) : null}
      {draft.step === 'password' ? (
        <NewPassword
          proof={draft.proof}
          onDone={() => {
            forget();
            toast(t`Your password has been changed. Log in with it.`);
            void navigate({ to: '/login', replace: true });
          }}
          onStartAgain={(error) => {
            setFault(error);
            change({ step: 'contact' });
          }}
        />
      ) : null}
    </DoorPage>
  );
}

interface NewPasswordProps {
  proof: string;
  onDone: () => void;
  onStartAgain: (error: unknown) => void;
}

function NewPassword({ proof, onDone, onStartAgain }: NewPasswordProps) {
  const { t } = useLingui();
  const form = useForm({
    initial: { password: '' },
    refusals: { password: isRefusal },
    ready: ({ password }) => password !== '',
    send: async ({ password }) => {
      await resetPassword({ proof, password });
      onDone();
    },
    onFault: (error) => {
      if (isRefusal(error, 'proof_refused')) onStartAgain(error);
    },
  });
  return (
    <Form form={form} className="flex flex-col gap-5">
      <PasswordField
        label={t`New password`}
        hint={t`At least 10 characters. A few words in a row are easy to keep in mind.`}
        autoComplete="new-password"
        {...form.field('password')}
      />
      <Fault>{form.fault}</Fault>
      <Button look="lamp" size="lg" type="submit" wide busy={form.busy} disabled={!form.isReady}>
        <Trans>Save this password</Trans>
      </Button>
    </Form>
  );
}

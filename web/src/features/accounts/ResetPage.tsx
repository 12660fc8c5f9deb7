import { Trans, useLingui } from '@lingui/react/macro';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction } from '../../kit/action';
import { isRefusal } from '../../kit/api/errors';
import type { OtpSent } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { Button, PasswordField, toast } from '../../kit/ui';
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
  const [password, setPassword] = useState('');
  const [draft, change, forget] = useKept<Draft>('reset', {
    step: 'contact',
    kind: 'phone',
    value: '',
    to: '',
    sent: null,
    proof: '',
  });
  const reset = useAction({
    mutationFn: () => resetPassword({ proof: draft.proof, password }),
    onSuccess: () => {
      forget();
      toast(t`Your password has been changed. Log in with it.`);
      void navigate({ to: '/login', replace: true });
    },
    onError: (error) => {
      if (isRefusal(error, 'proof_refused')) change({ step: 'contact' });
    },
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
          {reset.error ? (
            <p role="alert" className="text-terracotta">
              {words(reset.error)}
            </p>
          ) : null}
          <ContactStep
            kind={draft.kind}
            onKind={(kind) => change({ kind, value: '' })}
            value={draft.value}
            onValue={(value) => change({ value })}
            purpose="reset"
            onSent={(sent, to) => change({ sent, to, step: 'code' })}
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
        <form
          noValidate
          className="flex flex-col gap-5"
          onSubmit={(event) => {
            event.preventDefault();
            if (password && !reset.isPending) reset.mutate();
          }}
        >
          <PasswordField
            label={t`New password`}
            hint={t`At least 10 characters. A few words in a row are easy to keep in mind.`}
            autoComplete="new-password"
            value={password}
            error={reset.error ? words(reset.error) : undefined}
            onChange={(event) => setPassword(event.target.value)}
          />
          <Button look="lamp" size="lg" type="submit" wide busy={reset.isPending} disabled={!password}>
            <Trans>Save this password</Trans>
          </Button>
        </form>
      ) : null}
    </DoorPage>
  );
}

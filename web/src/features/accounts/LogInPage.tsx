import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { KeyRound, Smartphone } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useAction } from '../../kit/action';
import { isRefusal } from '../../kit/api/errors';
import { endSession, useSession } from '../../kit/api/session';
import type { OtpSent } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { Button, Field, Notice, PasswordField, Segmented } from '../../kit/ui';
import { DoorPage } from '../../kit/ui/DoorPage';
import { CodeStep, useSendCode } from './CodeStep';
import { type ContactKind, ContactStep } from './ContactStep';
import { logIn } from './data';
import { cleaned, kindOf } from './identifier';
import { useKept } from './kept';
import { PasskeyLogIn } from './PasskeyLogIn';
import { PuzzleProgress } from './PuzzleProgress';
import { SecondFactorStep } from './SecondFactorStep';

interface Draft {
  step: 'door' | 'code' | 'contact' | 'second';
  by: 'password' | 'code';
  identifier: string;
  /** Where the second step's code goes, when a new device needs one. */
  contactKind: ContactKind;
  contact: string;
  to: string;
  sent: OtpSent | null;
  /** Names the log-in that waits for its second factor; it is worth nothing in another browser. */
  challenge: string;
}

function WhyEnded({ reason }: { reason: unknown }) {
  switch (reason) {
    case 'inactive':
      return <Trans>You have not been here for 30 days.</Trans>;
    case 'absolute':
      return <Trans>A log-in lasts for a year at most.</Trans>;
    case 'password':
      return <Trans>The password of your account has changed.</Trans>;
    case 'token_reuse':
      return (
        <Trans>
          An old key to this session was used again. That can be a copy in other hands, so we have ended the session.
        </Trans>
      );
    case 'second_factor':
      return <Trans>Two-step log-in was switched on or off for your account.</Trans>;
    case 'too_many':
      return <Trans>You are logged in on 20 other devices, and this one had been unused for the longest time.</Trans>;
    default:
      return <Trans>The session ended on this device.</Trans>;
  }
}

/** Back in, with the password or with a code. */
export function LogInPage() {
  const { t } = useLingui();
  const words = useWords();
  // Said once, here: the way back to the landing page must be open.
  const [ended] = useState(() => useSession.getState().ended);
  useEffect(() => {
    if (ended && ended.code !== 'banned') useSession.setState({ ended: null });
  }, [ended]);
  const [draft, change, forget] = useKept<Draft>('login', {
    step: 'door',
    by: 'password',
    identifier: '',
    contactKind: 'phone',
    contact: '',
    to: '',
    sent: null,
    challenge: '',
  });
  const [password, setPassword] = useState('');
  const [asked, setAsked] = useState(false);
  const to = cleaned(draft.identifier);

  const enter = useAction({
    mutationFn: (how: { password?: string; proof?: string }) => logIn({ identifier: to, ...how }),
    onSuccess: (wanted) => {
      if (wanted) change({ step: 'second', challenge: wanted.challenge });
      else forget(); // the door leads on by itself
    },
    onError: (error) => {
      if (isRefusal(error, 'banned')) endSession({ code: error.code, problem: error.problem });
      else if (isRefusal(error, 'step_up_needed')) change({ step: 'contact' });
      else change({ step: 'door' });
    },
  });
  const send = useSendCode('login', (sent, receiver) => change({ sent, to: receiver, step: 'code' }));
  const noCodeForNames =
    draft.by === 'code' && draft.identifier.trim() !== '' && kindOf(draft.identifier) === 'username';
  const [expired, setExpired] = useState<unknown>(null);
  const fault = enter.error ?? send.error ?? expired;

  if (draft.step === 'code' && draft.sent) {
    return (
      <DoorPage title={t`Enter the code`} onBack={() => change({ step: 'door' })}>
        <CodeStep
          to={draft.to}
          purpose="login"
          sent={draft.sent}
          onSentAgain={(sent) => change({ sent })}
          // A password typed before is the first step of two; it is only in this page's memory.
          onProof={(proof) => enter.mutate(password ? { password, proof } : { proof })}
          onOther={() => change({ step: 'door' })}
        />
      </DoorPage>
    );
  }

  if (draft.step === 'second') {
    return (
      <DoorPage
        title={t`The second step`}
        lead={<Trans>Now the code that your authenticator app shows.</Trans>}
        onBack={() => change({ step: 'door' })}
      >
        <SecondFactorStep
          challenge={draft.challenge}
          onDone={forget}
          onExpired={(error) => {
            setExpired(error);
            change({ step: 'door', challenge: '' });
          }}
        />
      </DoorPage>
    );
  }

  if (draft.step === 'contact' && password) {
    const hints = isRefusal(enter.error, 'step_up_needed') ? enter.error.texts('hints').join(', ') : '';
    return (
      <DoorPage
        title={t`A new device`}
        onBack={() => change({ step: 'door' })}
        lead={
          <Trans>
            Besides your password we need a code here, once. Type the full phone number or e-mail address of your
            account: {hints}
          </Trans>
        }
      >
        <ContactStep
          kind={draft.contactKind}
          onKind={(contactKind) => change({ contactKind, contact: '' })}
          value={draft.contact}
          onValue={(contact) => change({ contact })}
          purpose="login"
          onSent={(sent, receiver) => change({ sent, to: receiver, step: 'code' })}
        />
      </DoorPage>
    );
  }

  return (
    <DoorPage title={t`Welcome back`} lead={<Trans>The lamps are lit.</Trans>}>
      {ended?.code === 'session_ended' ? (
        <Notice icon={<KeyRound aria-hidden />} title={<Trans>You were logged out</Trans>}>
          <p>
            <WhyEnded reason={ended.problem.reason} />
          </p>
          <p>
            <Trans>What you wrote and sent is kept; log in to go on.</Trans>
          </p>
        </Notice>
      ) : null}
      <form
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          setExpired(null);
          if (!draft.identifier.trim() || noCodeForNames) return;
          if (draft.by === 'code') {
            if (!send.isPending) send.mutate(to);
          } else if (password && !enter.isPending) enter.mutate({ password });
        }}
      >
        <Segmented
          label={t`Log in with`}
          value={draft.by}
          onChange={(by) => {
            send.reset();
            enter.reset();
            setPassword('');
            change({ by });
          }}
          options={[
            { value: 'password', words: t`Password`, icon: <KeyRound aria-hidden /> },
            { value: 'code', words: t`Code`, icon: <Smartphone aria-hidden /> },
          ]}
        />
        <Field
          label={draft.by === 'code' ? t`Phone or e-mail` : t`Phone, e-mail or user name`}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={draft.identifier}
          error={
            asked && !draft.identifier.trim()
              ? t`Fill this in first.`
              : noCodeForNames
                ? t`A code can go to a phone number or an e-mail address.`
                : undefined
          }
          onChange={(event) => change({ identifier: event.target.value })}
        />
        {draft.by === 'password' ? (
          <PasswordField
            label={t`Password`}
            autoComplete="current-password"
            value={password}
            error={asked && !password ? t`Write your password.` : undefined}
            onChange={(event) => setPassword(event.target.value)}
          />
        ) : null}
        {fault ? (
          <p role="alert" className="text-terracotta">
            {words(fault)}
          </p>
        ) : null}
        <PuzzleProgress />
        <Button look="lamp" size="lg" type="submit" wide busy={enter.isPending || send.isPending}>
          {draft.by === 'code' ? <Trans>Send the code</Trans> : <Trans>Log in</Trans>}
        </Button>
      </form>
      <PasskeyLogIn />
      <div className="flex flex-wrap justify-between gap-x-6 gap-y-2 text-sm">
        <Link to="/reset" className="font-semibold underline underline-offset-4">
          <Trans>Forgot your password?</Trans>
        </Link>
        <Link to="/join" className="font-semibold underline underline-offset-4">
          <Trans>New here? Create an account</Trans>
        </Link>
      </div>
    </DoorPage>
  );
}

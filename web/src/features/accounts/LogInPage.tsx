import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { KeyRound, Smartphone } from 'lucide-react';
import { useEffect, useState } from 'react';
import { isRefusal } from '../../kit/api/errors';
import { endSession, useSession } from '../../kit/api/session';
import type { OtpSent } from '../../kit/api/types';
import { Form, useForm } from '../../kit/form';
import { Button, Fault, Field, Notice, PasswordField, Segmented } from '../../kit/ui';
import { DoorPage } from '../../kit/ui/DoorPage';
import { CodeStep, sendCode } from './CodeStep';
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
  const [fault, setFault] = useState<unknown>(null);

  /** Leads on by what the server says. Throws what the door tells. */
  const enter = async (how: { password?: string; proof?: string }) => {
    setFault(null);
    try {
      const wanted = await logIn({ identifier: cleaned(draft.identifier), ...how });
      if (wanted) change({ step: 'second', challenge: wanted.challenge });
      else forget(); // the door leads on by itself
    } catch (error) {
      if (isRefusal(error, 'banned')) return endSession({ code: error.code, problem: error.problem });
      if (!isRefusal(error, 'step_up_needed')) throw error;
      setFault(error);
      change({ step: 'contact' });
    }
  };
  const backToDoor = (error: unknown) => {
    setFault(error);
    change({ step: 'door', challenge: '' });
  };

  if (draft.step === 'code' && draft.sent) {
    return (
      <DoorPage title={t`Enter the code`} onBack={() => change({ step: 'door' })}>
        <CodeStep
          to={draft.to}
          purpose="login"
          sent={draft.sent}
          onSentAgain={(sent) => change({ sent })}
          // A password typed before is the first step of two; it is only in this page's memory.
          onProof={(proof) => enter(password ? { password, proof } : { proof }).catch(backToDoor)}
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
        <SecondFactorStep challenge={draft.challenge} onDone={forget} onExpired={backToDoor} />
      </DoorPage>
    );
  }

  if (draft.step === 'contact' && password) {
    const hints = isRefusal(fault, 'step_up_needed') ? fault.texts('hints').join(', ') : '';
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
      <Door
        state={[
          { by: draft.by, identifier: draft.identifier, password },
          ({ password: typed, ...part }) => {
            if (typed !== undefined) setPassword(typed);
            change(part);
          },
        ]}
        fault={fault}
        onPassword={(typed) => enter({ password: typed })}
        onSent={(sent) => {
          setFault(null);
          change({ sent, to: sent.to, step: 'code' });
        }}
      />
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

interface AtDoor extends Pick<Draft, 'by' | 'identifier'> {
  password: string;
}

interface DoorProps {
  state: [AtDoor, (part: Partial<AtDoor>) => void];
  /** The fault that led back here. */
  fault: unknown;
  onPassword: (password: string) => Promise<void>;
  onSent: (sent: OtpSent) => void;
}

/** Who comes, and with what. */
function Door({ state, fault, onPassword, onSent }: DoorProps) {
  const { t } = useLingui();
  const form = useForm({
    state,
    error: fault,
    rules: {
      identifier: (identifier) => !identifier.trim() && t`Fill this in first.`,
      password: (password, { by }) => by === 'password' && !password && t`Write your password.`,
    },
    liveRules: {
      identifier: (identifier, { by }) =>
        by === 'code' &&
        identifier.trim() !== '' &&
        kindOf(identifier) === 'username' &&
        t`A code can go to a phone number or an e-mail address.`,
    },
    refusals: { identifier: ['contact_invalid', 'country_closed'] },
    send: async ({ by, identifier, password }) =>
      by === 'code' ? sendCode('login', identifier) : void (await onPassword(password)),
    onSent: (sent) => sent && onSent(sent),
  });
  const { by } = form.values;
  return (
    <Form form={form} className="flex flex-col gap-5">
      <Segmented
        label={t`Log in with`}
        value={by}
        onChange={(next) => {
          form.clear();
          form.change({ by: next, password: '' });
        }}
        options={[
          { value: 'password', words: t`Password`, icon: <KeyRound aria-hidden /> },
          { value: 'code', words: t`Code`, icon: <Smartphone aria-hidden /> },
        ]}
      />
      <Field
        label={by === 'code' ? t`Phone or e-mail` : t`Phone, e-mail or user name`}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        {...form.field('identifier')}
      />
      {by === 'password' ? (
        <PasswordField label={t`Password`} autoComplete="current-password" {...form.field('password')} />
      ) : null}
      <Fault>{form.fault}</Fault>
      <PuzzleProgress />
      <Button look="lamp" size="lg" type="submit" wide busy={form.busy}>
        {by === 'code' ? <Trans>Send the code</Trans> : <Trans>Log in</Trans>}
      </Button>
    </Form>
  );
}

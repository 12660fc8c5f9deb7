import { Trans, useLingui } from '@lingui/react/macro';
import { Hourglass } from 'lucide-react';
import { useState } from 'react';
import { isRefusal } from '../../kit/api/errors';
import { useConfig } from '../../kit/config';
import { DoorPage } from '../../kit/DoorPage';
import { Form, useForm } from '../../kit/form';
import { Button, Fault, Field, Notice, Segmented } from '../../kit/ui';
import { useQueryWord, WayLink } from '../../kit/way';
import { type Draft, EMPTY, type SignInBy, type StepProps } from './join-draft';
import { useKept } from './kept';
import { AboutStep, CodeStep } from './later';
import { PhoneField } from './PhoneField';
import { PuzzleProgress } from './PuzzleProgress';
import { sendCode, useWanted } from './sign-in';

/** Founding, where the operator lets people; elsewhere the page says so and leads to this square. */
export function FoundingPage() {
  const { t } = useLingui();
  const config = useConfig();
  if (!config) return null;
  if (config.founding !== 'closed') return <JoinPage founding />;
  return (
    <DoorPage title={t`Start a community`}>
      <p className="text-soft">
        <Trans>New communities cannot be started here. You are welcome on this square.</Trans>
      </p>
      <Button asChild look="lamp" size="lg">
        <WayLink href="/join">
          <Trans>Come to the square</Trans>
        </WayLink>
      </Button>
    </DoorPage>
  );
}

/** Registering, as a member of this square or as the founder of a new one. */
export function JoinPage({ founding = false }: { founding?: boolean }) {
  const { t } = useLingui();
  const invite = useQueryWord('invite');
  const [draft, change, forget] = useKept<Draft>(founding ? 'community' : 'join', EMPTY);
  const [startError, setStartError] = useState<unknown>(null);
  const config = useConfig();

  const back = {
    contact: undefined,
    code: () => change({ step: 'contact' }),
    about: () => change({ step: 'contact', proof: null }),
  }[draft.step];
  const title = {
    contact: founding ? t`Start a community` : t`Come to the square`,
    code: t`Enter the code`,
    about: founding ? t`You and your community` : t`How you are known here`,
  }[draft.step];

  return (
    <DoorPage title={title} onBack={back} lead={draft.step === 'contact' ? <Lead founding={founding} /> : undefined}>
      {founding && config?.founding === 'approved' ? (
        <Notice tone="quiet" icon={<Hourglass aria-hidden />} title={<Trans>It opens after a check</Trans>}>
          <Trans>The people who run this place look at a new community before anybody can enter it.</Trans>
        </Notice>
      ) : null}
      {draft.step === 'contact' ? (
        <Contact
          draft={draft}
          change={change}
          error={startError}
          onDone={(part) => {
            setStartError(null);
            change(part);
          }}
        />
      ) : null}
      {draft.step === 'code' && draft.sent ? (
        <CodeStep
          to={draft.to}
          purpose="register"
          sent={draft.sent}
          onSentAgain={(sent) => change({ sent })}
          onProof={(proof) => change({ proof, step: 'about' })}
          onOther={() => change({ step: 'contact' })}
        />
      ) : null}
      {draft.step === 'about' ? (
        <AboutStep
          draft={{ ...draft, invite: draft.invite ?? invite ?? '' }}
          change={change}
          founding={founding}
          onStartAgain={(error) => {
            setStartError(error);
            change({ step: 'contact', proof: null });
          }}
          onDone={forget}
        />
      ) : null}
      {draft.step === 'contact' ? (
        <p className="text-soft text-sm">
          <Trans>
            Been here before?{' '}
            <WayLink href="/login" className="font-semibold text-ink underline underline-offset-4">
              Log in
            </WayLink>
          </Trans>
        </p>
      ) : null}
    </DoorPage>
  );
}

function Lead({ founding }: { founding: boolean }) {
  return founding ? (
    <Trans>A square of your own, with its own members and rules. You will be its owner.</Trans>
  ) : (
    <Trans>Choose how you log in. Strangers never see it.</Trans>
  );
}

interface ContactProps extends StepProps {
  error: unknown;
  onDone: StepProps['change'];
}

function Contact({ draft, change, error, onDone }: ContactProps) {
  const { t } = useLingui();
  const config = useConfig();
  const wanted = useWanted();
  const open: string[] = config?.sign_in_methods ?? ['phone', 'email', 'username'];
  const ways: { value: SignInBy; words: string }[] = [
    { value: 'phone', words: t`Phone` },
    { value: 'email', words: t`E-mail` },
    { value: 'username', words: t`User name` },
  ];
  const way = open.includes(draft.way) ? draft.way : (ways.find(({ value }) => open.includes(value))?.value ?? 'phone');
  const form = useForm({
    state: [{ contact: draft[way] }, ({ contact }) => change({ [way]: contact })],
    error,
    rules: { contact: (contact) => !contact.trim() && t`Fill this in first.` },
    refusals: { contact: isRefusal },
    send: async ({ contact }) => (way === 'username' ? null : sendCode('register', contact)),
    onSent: (sent) => onDone(sent ? { way, sent, to: sent.to, step: 'code' } : { way, step: 'about', proof: null }),
  });

  return (
    <Form form={form} className="flex flex-col gap-5">
      <Segmented<SignInBy>
        label={t`How you log in`}
        value={way}
        onChange={(next) => {
          form.clear();
          change({ way: next });
        }}
        options={ways.filter(({ value }) => open.includes(value))}
      />
      {way === 'phone' ? <PhoneField key="phone" {...form.choice('contact')} /> : null}
      {way === 'email' ? (
        <Field
          key="email"
          label={t`E-mail address`}
          hint={wanted === 'phone' ? t`To meet people you will verify a phone number too.` : undefined}
          type="email"
          inputMode="email"
          autoComplete="email"
          {...form.field('contact')}
        />
      ) : null}
      {way === 'username' ? (
        <Field
          key="username"
          label={t`User name`}
          hint={
            {
              phone: t`Only for logging in. To meet people you will verify a phone number, and without one a lost password cannot be reset.`,
              any: t`Only for logging in. To meet people you will verify a phone number or an e-mail address, and without one a lost password cannot be reset.`,
              none: t`Only for logging in. Without a phone number or an e-mail address a lost password cannot be reset.`,
            }[wanted]
          }
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          {...form.field('contact')}
        />
      ) : null}
      <PuzzleProgress />
      <Fault>{form.fault}</Fault>
      <Button look="lamp" size="lg" type="submit" wide busy={form.busy}>
        {way === 'username' ? <Trans>Continue</Trans> : <Trans>Send the code</Trans>}
      </Button>
    </Form>
  );
}

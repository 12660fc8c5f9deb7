import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Hourglass } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../../kit/action';
import { isRefusal } from '../../kit/api/errors';
import type { Gender, OtpSent } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { serverNow } from '../../kit/clock';
import { rememberedLanguage } from '../../kit/language';
import { configQuery, queryClient } from '../../kit/queries';
import {
  ageOn,
  type BirthDate,
  BirthDateField,
  Button,
  Chip,
  Field,
  isoDate,
  Notice,
  PasswordField,
  Segmented,
  SelectField,
} from '../../kit/ui';
import { DoorPage } from '../../kit/ui/DoorPage';
import { AcceptNotice, legalQuery } from '../legal';
import { AliasField } from './AliasField';
import { CodeStep, useSendCode } from './CodeStep';
import { register, useWanted } from './data';
import { slugOf } from './identifier';
import { useKept } from './kept';
import { PhoneField } from './PhoneField';
import { PuzzleProgress } from './PuzzleProgress';

type Way = 'phone' | 'email' | 'username';

interface Draft {
  step: 'contact' | 'code' | 'about';
  way: Way;
  phone: string;
  email: string;
  username: string;
  to: string;
  sent: OtpSent | null;
  proof: string | null;
  alias: string;
  birth: BirthDate;
  gender: Gender | '';
  /** What stands in the field; until it was touched, the code of the invitation that led here. */
  invite: string | null;
  communityName: string;
  communitySlug: string | null;
}

const EMPTY: Draft = {
  step: 'contact',
  way: 'phone',
  phone: '',
  email: '',
  username: '',
  to: '',
  sent: null,
  proof: null,
  alias: '',
  birth: { day: '', month: '', year: '' },
  gender: '',
  invite: null,
  communityName: '',
  communitySlug: null,
};

/** Refusals of the confirmed number: only a new code helps. */
const BACK_TO_START = ['phone_taken', 'email_taken', 'proof_refused', 'sign_in_not_open', 'identifier_missing'];

/** Founding, where the operator lets people; elsewhere the page says so and leads to this square. */
export function FoundingPage() {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  if (!config) return null;
  if (config.founding !== 'closed') return <JoinPage founding />;
  return (
    <DoorPage title={t`Start a community`}>
      <p className="text-soft">
        <Trans>New communities cannot be started here. You are welcome on this square.</Trans>
      </p>
      <Button asChild look="lamp" size="lg">
        <Link to="/join">
          <Trans>Come to the square</Trans>
        </Link>
      </Button>
    </DoorPage>
  );
}

/** Registering, as a member of this square or as the founder of a new one. */
export function JoinPage({ founding = false }: { founding?: boolean }) {
  const { t } = useLingui();
  const search = useSearch({ strict: false }) as { invite?: string };
  const [draft, change, forget] = useKept<Draft>(founding ? 'community' : 'join', EMPTY);
  const [startError, setStartError] = useState<unknown>(null);
  const { data: config } = useQuery(configQuery);

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
        <Contact draft={draft} change={change} error={startError} onTouched={() => setStartError(null)} />
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
        <About
          draft={{ ...draft, invite: draft.invite ?? search.invite ?? '' }}
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
            <Link to="/login" className="font-semibold text-ink underline underline-offset-4">
              Log in
            </Link>
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

interface StepProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}

function Contact({ draft, change, error, onTouched }: StepProps & { error: unknown; onTouched: () => void }) {
  const { t } = useLingui();
  const words = useWords();
  const [empty, setEmpty] = useState(false);
  const send = useSendCode('register', (sent, to) => change({ way, sent, to, step: 'code' }));
  const { data: config } = useQuery(configQuery);
  const wanted = useWanted();
  const open: string[] = config?.sign_in_methods ?? ['phone', 'email', 'username'];
  const ways: { value: Way; words: string }[] = [
    { value: 'phone', words: t`Phone` },
    { value: 'email', words: t`E-mail` },
    { value: 'username', words: t`User name` },
  ];
  const way = open.includes(draft.way) ? draft.way : (ways.find(({ value }) => open.includes(value))?.value ?? 'phone');
  const value = draft[way];
  const fault = send.error ?? error;
  const said = empty ? t`Fill this in first.` : fault ? words(fault) : undefined;
  const touch = (part: Partial<Draft>) => {
    setEmpty(false);
    send.reset();
    onTouched();
    change(part);
  };

  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!value.trim()) setEmpty(true);
        else if (way === 'username') change({ way, step: 'about', proof: null });
        else if (!send.isPending) send.mutate(value);
      }}
    >
      <Segmented<Way>
        label={t`How you log in`}
        value={way}
        onChange={(next) => touch({ way: next })}
        options={ways.filter(({ value }) => open.includes(value))}
      />
      {way === 'phone' ? (
        <PhoneField key="phone" value={draft.phone} error={said} onValue={(phone) => touch({ phone })} />
      ) : null}
      {way === 'email' ? (
        <Field
          key="email"
          label={t`E-mail address`}
          hint={wanted === 'phone' ? t`To meet people you will verify a phone number too.` : undefined}
          type="email"
          inputMode="email"
          autoComplete="email"
          value={draft.email}
          error={said}
          onChange={(event) => touch({ email: event.target.value })}
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
          value={draft.username}
          error={said}
          onChange={(event) => touch({ username: event.target.value })}
        />
      ) : null}
      <PuzzleProgress />
      <Button look="lamp" size="lg" type="submit" wide busy={send.isPending}>
        {way === 'username' ? <Trans>Continue</Trans> : <Trans>Send the code</Trans>}
      </Button>
    </form>
  );
}

interface AboutProps extends StepProps {
  founding: boolean;
  onStartAgain: (error: unknown) => void;
  onDone: () => void;
}

function About({ draft, change, founding, onStartAgain, onDone }: AboutProps) {
  const { t } = useLingui();
  const words = useWords();
  const [password, setPassword] = useState('');
  const [asked, setAsked] = useState(false);
  const { data: config } = useQuery(configQuery);
  const { data: texts } = useQuery(legalQuery(rememberedLanguage()));
  const birthDate = isoDate(draft.birth);
  const invite = draft.invite?.trim();
  const slug = draft.communitySlug ?? slugOf(draft.communityName);

  const join = useAction({
    mutationFn: () =>
      register({
        ...(draft.way === 'username' ? { username: draft.username.trim() } : { proof: draft.proof ?? '' }),
        password,
        alias: draft.alias.trim(),
        birth_date: birthDate ?? '',
        language: rememberedLanguage(),
        ...(draft.gender ? { gender: draft.gender } : {}),
        ...(invite && !founding ? { invite_code: invite } : {}),
        ...(texts && !founding ? { shown_texts: texts.map(({ digest }) => digest) } : {}),
        ...(founding ? { new_tenant: { name: draft.communityName.trim(), slug } } : {}),
      }),
    onSuccess: onDone,
    onError: (error) => {
      if (isRefusal(error, 'legal_text_changed')) void queryClient.invalidateQueries({ queryKey: ['legal'] });
      if (
        isRefusal(error, ...BACK_TO_START, ...(draft.way === 'username' ? ['username_taken', 'username_invalid'] : []))
      )
        onStartAgain(error);
    },
  });

  const refusedFor = (...codes: string[]) => (isRefusal(join.error, ...codes) ? words(join.error) : undefined);
  const tooYoung = birthDate !== null && ageOn(birthDate, new Date(serverNow())) < (config?.minimum_age ?? 18);
  const missing = {
    alias: asked && !draft.alias.trim() ? t`Choose an alias.` : undefined,
    birth: asked && !birthDate ? t`We cannot read this date. Check the day, the month and the year.` : undefined,
    password: asked && !password ? t`Choose a password.` : undefined,
    name: asked && founding && !draft.communityName.trim() ? t`Give the community a name.` : undefined,
  };
  const complete =
    draft.alias.trim() && birthDate && !tooYoung && password && (!founding || draft.communityName.trim());
  const placed = [
    'alias_invalid',
    'alias_mixes_scripts',
    'alias_full',
    'too_young',
    'birth_date_invalid',
    'weak_password',
    'tenant_taken',
    'tenant_invalid',
    'invite_invalid',
  ];

  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (complete && !join.isPending) join.mutate();
      }}
    >
      {founding ? (
        <>
          <Field
            label={t`Name of the community`}
            maxLength={60}
            value={draft.communityName}
            error={missing.name}
            onChange={(event) => change({ communityName: event.target.value })}
          />
          <Field
            label={t`Address`}
            hint={t`Part of the link you will share: small letters, digits, hyphens.`}
            autoCapitalize="none"
            spellCheck={false}
            maxLength={40}
            value={slug}
            error={refusedFor('tenant_taken', 'tenant_invalid')}
            onChange={(event) => change({ communitySlug: slugOf(event.target.value) })}
          />
        </>
      ) : null}
      <AliasField
        value={draft.alias}
        onChange={(alias) => change({ alias })}
        error={missing.alias ?? refusedFor('alias_invalid', 'alias_mixes_scripts', 'alias_full')}
      />
      <BirthDateField
        value={draft.birth}
        onChange={(birth) => change({ birth })}
        hint={t`Others see your age, never the date.`}
        error={
          tooYoung
            ? t`Meydan is for people of 18 and over.`
            : (missing.birth ?? refusedFor('too_young', 'birth_date_invalid'))
        }
      />
      <PasswordField
        label={t`Password`}
        hint={t`At least 10 characters. A few words in a row are easy to keep in mind.`}
        autoComplete="new-password"
        value={password}
        error={missing.password ?? refusedFor('weak_password')}
        onChange={(event) => setPassword(event.target.value)}
      />
      <SelectField
        label={<Optional>{t`Gender`}</Optional>}
        value={draft.gender}
        onChange={(event) => change({ gender: event.target.value as Gender | '' })}
      >
        <option value="">{t`I would rather not say`}</option>
        <option value="female">{t`Woman`}</option>
        <option value="male">{t`Man`}</option>
        <option value="other">{t`Another`}</option>
      </SelectField>
      {founding ? null : (
        <Field
          label={<Optional>{t`Invite code`}</Optional>}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          value={draft.invite ?? ''}
          error={refusedFor('invite_invalid')}
          onChange={(event) => change({ invite: event.target.value })}
        />
      )}
      {join.error && !isRefusal(join.error, ...placed) ? (
        <p role="alert" className="text-terracotta">
          {words(join.error)}
        </p>
      ) : null}
      {founding ? null : <AcceptNotice />}
      <Button look="lamp" size="lg" type="submit" wide busy={join.isPending}>
        {founding ? <Trans>Open the community</Trans> : <Trans>Enter the square</Trans>}
      </Button>
    </form>
  );
}

function Optional({ children }: { children: string }) {
  return (
    <span className="flex items-center gap-2">
      {children}
      <Chip>
        <Trans>optional</Trans>
      </Chip>
    </span>
  );
}

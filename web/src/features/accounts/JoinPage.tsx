import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Hourglass } from 'lucide-react';
import { useState } from 'react';
import { isRefusal } from '../../kit/api/errors';
import type { Gender, OtpSent } from '../../kit/api/types';
import { serverNow } from '../../kit/clock';
import { Form, useForm } from '../../kit/form';
import { rememberedLanguage } from '../../kit/language';
import { configQuery, queryClient } from '../../kit/queries';
import {
  ageOn,
  type BirthDate,
  BirthDateField,
  Button,
  Chip,
  Fault,
  Field,
  isoDate,
  Notice,
  PasswordField,
  Segmented,
  SelectField,
} from '../../kit/ui';
import { DoorPage } from '../../kit/ui/DoorPage';
import { AcceptNotice, legalQuery } from '../legal';
import { ALIAS_REFUSALS, AliasField } from './AliasField';
import { CodeStep, sendCode } from './CodeStep';
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

interface ContactProps extends StepProps {
  error: unknown;
  onDone: StepProps['change'];
}

function Contact({ draft, change, error, onDone }: ContactProps) {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const wanted = useWanted();
  const open: string[] = config?.sign_in_methods ?? ['phone', 'email', 'username'];
  const ways: { value: Way; words: string }[] = [
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
      <Segmented<Way>
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

interface AboutProps extends StepProps {
  founding: boolean;
  onStartAgain: (error: unknown) => void;
  onDone: () => void;
}

function About({ draft, change, founding, onStartAgain, onDone }: AboutProps) {
  const { t } = useLingui();
  const [password, setPassword] = useState('');
  const { data: config } = useQuery(configQuery);
  const { data: texts } = useQuery(legalQuery(rememberedLanguage()));
  const youngest = config?.minimum_age ?? 18;
  const form = useForm({
    state: [
      { ...draft, password, invite: draft.invite ?? '', slug: draft.communitySlug ?? slugOf(draft.communityName) },
      ({ password: typed, slug, ...part }) => {
        if (typed !== undefined) setPassword(typed);
        else change(slug === undefined ? part : { communitySlug: slugOf(slug) });
      },
    ],
    rules: {
      communityName: (name) => founding && !name.trim() && t`Give the community a name.`,
      alias: (alias) => !alias.trim() && t`Choose an alias.`,
      birth: (birth) => !isoDate(birth) && t`We cannot read this date. Check the day, the month and the year.`,
      password: (typed) => !typed && t`Choose a password.`,
    },
    liveRules: {
      birth: (birth) => {
        const day = isoDate(birth);
        return day && ageOn(day, new Date(serverNow())) < youngest && t`Meydan is for people of 18 and over.`;
      },
    },
    refusals: {
      alias: ALIAS_REFUSALS,
      birth: ['too_young', 'birth_date_invalid'],
      password: ['weak_password'],
      slug: ['tenant_taken', 'tenant_invalid'],
      invite: ['invite_invalid'],
    },
    send: async ({ way, username, proof, alias, birth, gender, invite, communityName, slug, password: typed }) => {
      await register({
        ...(way === 'username' ? { username: username.trim() } : { proof: proof ?? '' }),
        password: typed,
        alias: alias.trim(),
        birth_date: isoDate(birth) ?? '',
        language: rememberedLanguage(),
        ...(gender ? { gender } : {}),
        ...(invite.trim() && !founding ? { invite_code: invite.trim() } : {}),
        ...(texts && !founding ? { shown_texts: texts.map(({ digest }) => digest) } : {}),
        ...(founding ? { new_tenant: { name: communityName.trim(), slug } } : {}),
      });
      onDone();
    },
    onFault: (error) => {
      if (isRefusal(error, 'legal_text_changed')) void queryClient.invalidateQueries({ queryKey: ['legal'] });
      if (
        isRefusal(error, ...BACK_TO_START, ...(draft.way === 'username' ? ['username_taken', 'username_invalid'] : []))
      )
        onStartAgain(error);
    },
  });

  return (
    <Form form={form} className="flex flex-col gap-5">
      {founding ? (
        <>
          <Field label={t`Name of the community`} maxLength={60} {...form.field('communityName')} />
          <Field
            label={t`Address`}
            hint={t`Part of the link you will share: small letters, digits, hyphens.`}
            autoCapitalize="none"
            spellCheck={false}
            maxLength={40}
            {...form.field('slug')}
          />
        </>
      ) : null}
      <AliasField {...form.choice('alias')} />
      <BirthDateField {...form.choice('birth')} hint={t`Others see your age, never the date.`} />
      <PasswordField
        label={t`Password`}
        hint={t`At least 10 characters. A few words in a row are easy to keep in mind.`}
        autoComplete="new-password"
        {...form.field('password')}
      />
      <SelectField label={<Optional>{t`Gender`}</Optional>} {...form.field('gender')}>
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
          {...form.field('invite')}
        />
      )}
      <Fault>{form.fault}</Fault>
      {founding ? null : <AcceptNotice />}
      <Button look="lamp" size="lg" type="submit" wide busy={form.busy}>
        {founding ? <Trans>Open the community</Trans> : <Trans>Enter the square</Trans>}
      </Button>
    </Form>
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

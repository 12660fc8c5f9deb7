import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isRefusal } from '../../kit/api/errors';
import { serverNow } from '../../kit/clock';
import { useConfig } from '../../kit/config';
import { Form, useForm } from '../../kit/form';
import { rememberedLanguage } from '../../kit/language';
import { queryClient } from '../../kit/queries';
import { ageOn, BirthDateField, Button, Chip, Fault, Field, isoDate, PasswordField, SelectField } from '../../kit/ui';
import { AcceptNotice, legalQuery } from '../legal';
import { ALIAS_REFUSALS, AliasField } from './AliasField';
import { slugOf } from './identifier';
import type { StepProps } from './join-draft';
import { register } from './sign-in';

/** Refusals of the confirmed number: only a new code helps. */
const BACK_TO_START = ['phone_taken', 'email_taken', 'proof_refused', 'sign_in_not_open', 'identifier_missing'];

export interface AboutStepProps extends StepProps {
  founding: boolean;
  onStartAgain: (error: unknown) => void;
  onDone: () => void;
}

/** Who one is here; the last step of registering. */
export function AboutStep({ draft, change, founding, onStartAgain, onDone }: AboutStepProps) {
  const { t } = useLingui();
  const [password, setPassword] = useState('');
  const config = useConfig();
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

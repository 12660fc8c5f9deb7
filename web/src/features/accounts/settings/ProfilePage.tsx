import { Trans, useLingui } from '@lingui/react/macro';
import { MapPin } from 'lucide-react';
import { useState } from 'react';
import { useMe } from '../../../kit/api/session';
import type { Gender } from '../../../kit/api/types';
import { useWords } from '../../../kit/api/words';
import { Form, useForm } from '../../../kit/form';
import { Button, ChipToggle, Fault, Page, SelectField, TextArea, toast } from '../../../kit/ui';
import { ALIAS_REFUSALS, AliasField } from '../AliasField';
import { useChangeProfile } from '../data';
import { INTEREST_NAMES, useInterestWords } from '../interests';

const LONGEST_BIO = 500;
const MOST_INTERESTS = 10;

const toggled = <One,>(all: One[], one: One) =>
  all.includes(one) ? all.filter((other) => other !== one) : [...all, one];

/** What strangers see of the face one wears now. */
export function ProfilePage() {
  const me = useMe();
  // Another face is another form: nothing typed for one may land on the other.
  return <ProfileForm key={me.profile.id} />;
}

function ProfileForm() {
  const { t } = useLingui();
  const words = useWords();
  const interest = useInterestWords();
  const { profile } = useMe();
  const change = useChangeProfile();
  const place = useChangeProfile();
  const form = useForm({
    initial: {
      alias: profile.alias,
      bio: profile.bio,
      gender: (profile.gender ?? '') as Gender | '',
      interests: profile.interests,
      languages: profile.languages,
    },
    liveRules: { alias: (alias) => !alias.trim() && t`Choose an alias.` },
    limits: { bio: LONGEST_BIO },
    refusals: { alias: ALIAS_REFUSALS },
    send: ({ alias, bio, gender, interests, languages }) =>
      change.mutateAsync({
        ...(alias.trim() !== profile.alias ? { alias: alias.trim() } : {}),
        bio: bio.trim(),
        gender: gender || null,
        interests,
        languages,
      }),
    onSent: () => toast(t`Your profile is saved.`),
  });
  const { bio, interests, languages } = form.values;
  const [locating, setLocating] = useState(false);

  const sharePlace = () => {
    setLocating(true);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setLocating(false);
        place.mutate(
          // Rounded here already: the exact place never leaves this device.
          { latitude: Math.round(coords.latitude * 10) / 10, longitude: Math.round(coords.longitude * 10) / 10 },
          {
            onSuccess: () => toast(t`Your approximate location is saved.`),
            onError: (error) => toast(words(error), { kind: 'fault' }),
          },
        );
      },
      () => {
        setLocating(false);
        toast(t`The browser did not tell us where you are. Nothing was saved.`, { kind: 'fault' });
      },
      { maximumAge: 600_000, timeout: 15_000 },
    );
  };

  return (
    <Page
      title={t`Profile`}
      back="/me"
      backOnPhone
      lead={profile.face === 'shadow' ? <Trans>This is your shadow's profile.</Trans> : undefined}
    >
      <Form form={form} className="flex flex-col gap-6">
        <AliasField {...form.choice('alias')} />
        <TextArea
          label={t`A few words`}
          hint={t`${[...bio.trim()].length} of ${LONGEST_BIO} characters. Leave out anything that gives you away.`}
          {...form.field('bio')}
        />
        <SelectField label={t`Gender`} {...form.field('gender')}>
          <option value="">{t`I would rather not say`}</option>
          <option value="female">{t`Woman`}</option>
          <option value="male">{t`Man`}</option>
          <option value="other">{t`Another`}</option>
        </SelectField>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 font-semibold text-sm">
            <Trans>Languages I talk in</Trans>
          </legend>
          <div className="flex flex-wrap gap-2">
            {[
              { code: 'tr', words: t`Turkish` },
              { code: 'en', words: t`English` },
            ].map(({ code, words: name }) => {
              const on = languages.includes(code);
              return (
                <ChipToggle key={code} on={on} onChange={() => form.change({ languages: toggled(languages, code) })}>
                  {name}
                </ChipToggle>
              );
            })}
          </div>
        </fieldset>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 font-semibold text-sm">
            <Trans>Interests, at most {MOST_INTERESTS}</Trans>
          </legend>
          <div className="flex flex-wrap gap-2">
            {INTEREST_NAMES.map((name) => {
              const on = interests.includes(name);
              return (
                <ChipToggle
                  key={name}
                  on={on}
                  disabled={!on && interests.length >= MOST_INTERESTS}
                  onChange={() => form.change({ interests: toggled(interests, name) })}
                >
                  {interest(name)}
                </ChipToggle>
              );
            })}
          </div>
        </fieldset>
        {'geolocation' in navigator && window.isSecureContext ? (
          <div className="flex flex-col items-start gap-2">
            <span className="font-semibold text-sm">
              <Trans>Place</Trans>
            </span>
            <Button
              icon={<MapPin aria-hidden className="size-5" />}
              busy={locating || place.isPending}
              onClick={sharePlace}
            >
              <Trans>Share my approximate location</Trans>
            </Button>
            <p className="text-soft text-sm">
              <Trans>
                Rounded to about ten kilometres before it leaves this device. Nobody sees it; it is only used to find
                people nearby.
              </Trans>
            </p>
          </div>
        ) : null}
        <Fault>{form.fault}</Fault>
        <Button type="submit" look="lamp" size="lg" wide busy={form.busy}>
          <Trans>Save</Trans>
        </Button>
      </Form>
    </Page>
  );
}

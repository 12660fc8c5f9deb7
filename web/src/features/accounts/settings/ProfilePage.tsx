import { Trans, useLingui } from '@lingui/react/macro';
import { MapPin } from 'lucide-react';
import { useState } from 'react';
import { isRefusal } from '../../../kit/api/errors';
import { useMe } from '../../../kit/api/session';
import type { Gender } from '../../../kit/api/types';
import { useWords } from '../../../kit/api/words';
import { Button, ChipToggle, excessOf, Page, SelectField, TextArea, toast } from '../../../kit/ui';
import { AliasField } from '../AliasField';
import { useChangeProfile } from '../data';
import { INTEREST_NAMES, useInterestWords } from '../interests';

const LONGEST_BIO = 500;
const MOST_INTERESTS = 10;

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
  const [alias, setAlias] = useState(profile.alias);
  const [bio, setBio] = useState(profile.bio);
  const [gender, setGender] = useState<Gender | ''>(profile.gender ?? '');
  const [interests, setInterests] = useState(profile.interests);
  const [languages, setLanguages] = useState(profile.languages);
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
      <form
        noValidate
        className="flex flex-col gap-6"
        onSubmit={(event) => {
          event.preventDefault();
          if (change.isPending || !alias.trim() || excessOf(bio, LONGEST_BIO) > 0) return;
          change.mutate(
            {
              ...(alias.trim() !== profile.alias ? { alias: alias.trim() } : {}),
              bio: bio.trim(),
              gender: gender || null,
              interests,
              languages,
            },
            { onSuccess: () => toast(t`Your profile is saved.`) },
          );
        }}
      >
        <AliasField
          value={alias}
          onChange={setAlias}
          error={
            alias.trim()
              ? isRefusal(change.error, 'alias_invalid', 'alias_mixes_scripts', 'alias_full')
                ? words(change.error)
                : undefined
              : t`Choose an alias.`
          }
        />
        <TextArea
          label={t`A few words`}
          hint={t`${[...bio.trim()].length} of ${LONGEST_BIO} characters. Leave out anything that gives you away.`}
          limit={LONGEST_BIO}
          value={bio}
          onChange={(event) => setBio(event.target.value)}
        />
        <SelectField
          label={t`Gender`}
          value={gender}
          onChange={(event) => setGender(event.target.value as Gender | '')}
        >
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
                <ChipToggle
                  key={code}
                  on={on}
                  onChange={() => setLanguages(on ? languages.filter((other) => other !== code) : [...languages, code])}
                >
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
                  onChange={() => setInterests(on ? interests.filter((other) => other !== name) : [...interests, name])}
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
        {change.error && !isRefusal(change.error, 'alias_invalid', 'alias_mixes_scripts', 'alias_full') ? (
          <p role="alert" className="text-terracotta">
            {words(change.error)}
          </p>
        ) : null}
        <Button type="submit" look="lamp" size="lg" wide busy={change.isPending}>
          <Trans>Save</Trans>
        </Button>
      </form>
    </Page>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import type { Wishes } from '../../api/types';
import { Button, ChipToggle, Segmented, SelectField, Sheet } from '../../ui';
import { useMe } from '../accounts';
import { INTEREST_NAMES, useInterestWords } from './interests';
import { keepWishes, useWishes } from './wishes';

const DISTANCES = [25, 50, 100, 250, 500];
const AT_MOST = 5;

/** The wishes in a few words: "Turkish, within 50 km, cinema". */
export function useWishWords(): (wishes: Wishes) => string {
  const { t } = useLingui();
  const interest = useInterestWords();
  const languages: Record<string, string> = { tr: t`in Turkish`, en: t`in English` };
  return (wishes) => {
    const parts = [
      wishes.language ? languages[wishes.language] : undefined,
      wishes.max_distance_km ? t`within ${wishes.max_distance_km} km` : undefined,
      ...(wishes.interests ?? []).map(interest),
    ].filter((part) => part !== undefined);
    return parts.length === 0 ? t`anybody` : parts.join(', ');
  };
}

/** Whom to look for. Fewer wishes, shorter wait. */
export function WishesSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useLingui();
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t`Who would you like to meet?`}
      words={t`The fewer wishes, the shorter the wait.`}
    >
      <WishesForm onDone={onClose} />
    </Sheet>
  );
}

function WishesForm({ onDone }: { onDone: () => void }) {
  const { t } = useLingui();
  const interest = useInterestWords();
  const me = useMe();
  const kept = useWishes((state) => state.wishes);
  const [wishes, setWishes] = useState<Wishes>(kept);
  const chosen = wishes.interests ?? [];
  const mine = INTEREST_NAMES.filter((name) => me.profile.interests.includes(name));
  const offered = [...mine, ...INTEREST_NAMES.filter((name) => !mine.includes(name))];

  return (
    <>
      <div className="flex flex-col gap-2">
        <span className="font-semibold text-sm">
          <Trans>Language of the talk</Trans>
        </span>
        <Segmented
          label={t`Language of the talk`}
          value={wishes.language ?? 'any'}
          onChange={(language) => setWishes({ ...wishes, language: language === 'any' ? null : language })}
          options={[
            { value: 'any', words: t`Either` },
            { value: 'tr', words: t`Turkish` },
            { value: 'en', words: t`English` },
          ]}
        />
      </div>
      <SelectField
        label={t`Distance`}
        hint={t`Places are known to about ten kilometres only. Without your place in your profile this has no effect.`}
        value={String(wishes.max_distance_km ?? '')}
        onChange={(event) =>
          setWishes({ ...wishes, max_distance_km: event.target.value ? Number(event.target.value) : null })
        }
      >
        <option value="">{t`However far`}</option>
        {DISTANCES.map((km) => (
          <option key={km} value={km}>
            {t`within ${km} km`}
          </option>
        ))}
      </SelectField>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 font-semibold text-sm">
          <Trans>Shared interests, at most five</Trans>
        </legend>
        <div className="flex flex-wrap gap-2">
          {offered.map((name) => {
            const on = chosen.includes(name);
            return (
              <ChipToggle
                key={name}
                on={on}
                disabled={!on && chosen.length >= AT_MOST}
                onChange={() =>
                  setWishes({ ...wishes, interests: on ? chosen.filter((other) => other !== name) : [...chosen, name] })
                }
              >
                {interest(name)}
              </ChipToggle>
            );
          })}
        </div>
      </fieldset>
      <div className="flex flex-col gap-2 sm:flex-row-reverse">
        <Button
          look="lamp"
          className="flex-1"
          onClick={() => {
            keepWishes(wishes);
            onDone();
          }}
        >
          <Trans>Keep</Trans>
        </Button>
        <Button className="flex-1" onClick={() => setWishes({})}>
          <Trans>Anybody</Trans>
        </Button>
      </div>
    </>
  );
}

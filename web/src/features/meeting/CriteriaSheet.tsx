import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { useMe } from '../../kit/api/session';
import type { Criteria } from '../../kit/api/types';
import { rememberedLanguage } from '../../kit/language';
import { Button, ChipToggle, Segmented, SelectField, Sheet, SheetFoot } from '../../kit/ui';
import { INTEREST_NAMES, useInterestWords } from '../accounts';
import { keepCriteria, useCriteria } from './criteria';

const DISTANCES = [25, 50, 100, 250, 500];
const AT_MOST = 5;

/** The criteria in a few words: "in Turkish, within 50 km, cinema". Without a language wish it is one's own languages. */
export function useCriteriaWords(): (criteria: Criteria) => string {
  const { t } = useLingui();
  const interest = useInterestWords();
  const mine = useMe().profile.languages;
  const own = mine.length > 0 ? mine : [rememberedLanguage()];
  const spoken = (codes: string[]) => {
    if (codes.includes('tr') && codes.includes('en')) return t`in Turkish or English`;
    return codes.includes('en') ? t`in English` : t`in Turkish`;
  };
  return (criteria) => {
    const parts = [
      spoken(criteria.language ? [criteria.language] : own),
      criteria.max_distance_km ? t`within ${criteria.max_distance_km} km` : undefined,
      ...(criteria.interests ?? []).map(interest),
    ].filter((part) => part !== undefined);
    const [language] = parts;
    return parts.length === 1 ? t`anybody, ${language}` : parts.join(', ');
  };
}

/** Whom to look for. Fewer criteria, shorter wait. */
export function CriteriaSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useLingui();
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t`Who would you like to meet?`}
      words={t`The fewer wishes, the shorter the wait.`}
    >
      <CriteriaForm onDone={onClose} />
    </Sheet>
  );
}

function CriteriaForm({ onDone }: { onDone: () => void }) {
  const { t } = useLingui();
  const interest = useInterestWords();
  const me = useMe();
  const kept = useCriteria((state) => state.criteria);
  const [criteria, setCriteria] = useState<Criteria>(kept);
  const chosen = criteria.interests ?? [];
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
          value={criteria.language ?? 'any'}
          onChange={(language) => setCriteria({ ...criteria, language: language === 'any' ? null : language })}
          options={[
            { value: 'any', words: t`Any of mine` },
            { value: 'tr', words: t`Turkish` },
            { value: 'en', words: t`English` },
          ]}
        />
      </div>
      <SelectField
        label={t`Distance`}
        hint={t`Locations are known to about ten kilometres only. Without a location in your profile this has no effect.`}
        value={String(criteria.max_distance_km ?? '')}
        onChange={(event) =>
          setCriteria({ ...criteria, max_distance_km: event.target.value ? Number(event.target.value) : null })
        }
      >
        <option value="">{t`Any distance`}</option>
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
                  setCriteria({
                    ...criteria,
                    interests: on ? chosen.filter((other) => other !== name) : [...chosen, name],
                  })
                }
              >
                {interest(name)}
              </ChipToggle>
            );
          })}
        </div>
      </fieldset>
      <SheetFoot>
        <Button className="flex-1" onClick={() => setCriteria({})}>
          <Trans>No wishes</Trans>
        </Button>
        <Button
          look="lamp"
          className="flex-1"
          onClick={() => {
            keepCriteria(criteria);
            onDone();
          }}
        >
          <Trans>Save</Trans>
        </Button>
      </SheetFoot>
    </>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { useMe } from '../../kit/api/session';
import type { Criteria } from '../../kit/api/types';
import { Form, useForm } from '../../kit/form';
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

const asValues = ({ language, max_distance_km, interests }: Criteria) => ({
  language: language ?? ('any' as const),
  distance: String(max_distance_km ?? ''),
  interests: interests ?? [],
});

const asCriteria = ({ language, distance, interests }: ReturnType<typeof asValues>): Criteria => ({
  language: language === 'any' ? null : language,
  max_distance_km: distance ? Number(distance) : null,
  interests,
});

function CriteriaForm({ onDone }: { onDone: () => void }) {
  const { t } = useLingui();
  const interest = useInterestWords();
  const me = useMe();
  const kept = useCriteria((state) => state.criteria);
  const form = useForm({
    initial: asValues(kept),
    send: async (values) => keepCriteria(asCriteria(values)),
    onSent: onDone,
  });
  const { interests } = form.values;
  const mine = INTEREST_NAMES.filter((name) => me.profile.interests.includes(name));
  const offered = [...mine, ...INTEREST_NAMES.filter((name) => !mine.includes(name))];

  return (
    <Form form={form} className="flex flex-col gap-4">
      <div className="flex flex-col gap-2">
        <span className="font-semibold text-sm">
          <Trans>Language of the talk</Trans>
        </span>
        <Segmented
          label={t`Language of the talk`}
          {...form.choice('language')}
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
        {...form.field('distance')}
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
            const on = interests.includes(name);
            return (
              <ChipToggle
                key={name}
                on={on}
                disabled={!on && interests.length >= AT_MOST}
                onChange={() =>
                  form.change({ interests: on ? interests.filter((other) => other !== name) : [...interests, name] })
                }
              >
                {interest(name)}
              </ChipToggle>
            );
          })}
        </div>
      </fieldset>
      <SheetFoot>
        <Button className="flex-1" onClick={() => form.change(asValues({}))}>
          <Trans>No wishes</Trans>
        </Button>
        <Button type="submit" look="lamp" className="flex-1" busy={form.busy}>
          <Trans>Save</Trans>
        </Button>
      </SheetFoot>
    </Form>
  );
}

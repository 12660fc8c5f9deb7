import { useLingui } from '@lingui/react/macro';
import { type ReactNode, useId } from 'react';
import { cx } from './cx';
import { FieldWords, inputLook } from './Field';

export interface BirthDate {
  day: string;
  month: string;
  year: string;
}

/** The date as the server wants it, or nothing while it is no real day. */
export function isoDate({ day, month, year }: BirthDate): string | null {
  if (!/^\d{4}$/.test(year) || !/^\d{1,2}$/.test(day) || !/^\d{1,2}$/.test(month)) return null;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const real = date.getUTCDate() === Number(day) && date.getUTCMonth() === Number(month) - 1;
  return real ? date.toISOString().slice(0, 10) : null;
}

/** Whole years between a birth date and a day. */
export function ageOn(birthDate: string, today: Date): number {
  const born = new Date(`${birthDate}T00:00:00Z`);
  const years = today.getUTCFullYear() - born.getUTCFullYear();
  const before =
    today.getUTCMonth() < born.getUTCMonth() ||
    (today.getUTCMonth() === born.getUTCMonth() && today.getUTCDate() < born.getUTCDate());
  return before ? years - 1 : years;
}

interface BirthDateFieldProps {
  value: BirthDate;
  onChange: (value: BirthDate) => void;
  hint?: ReactNode;
  error?: ReactNode;
}

export function BirthDateField({ value, onChange, hint, error }: BirthDateFieldProps) {
  const { t, i18n } = useLingui();
  const id = useId();
  const months = Array.from({ length: 12 }, (_, month) =>
    new Intl.DateTimeFormat(i18n.locale, { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2000, month, 1)),
  );
  const set = (part: Partial<BirthDate>) => onChange({ ...value, ...part });
  const invalid = error ? true : undefined;
  return (
    <fieldset
      className="flex flex-col gap-1.5"
      aria-describedby={error ? `${id}-error` : hint ? `${id}-hint` : undefined}
    >
      <legend className="mb-1.5 font-semibold text-sm">{t`Birth date`}</legend>
      <div className="flex flex-wrap gap-2">
        <input
          aria-label={t`Day`}
          placeholder={t`Day`}
          className={cx(inputLook, 'w-0 min-w-18 flex-1')}
          inputMode="numeric"
          autoComplete="bday-day"
          maxLength={2}
          aria-invalid={invalid}
          value={value.day}
          onChange={(event) => set({ day: event.target.value.replace(/\D/g, '') })}
        />
        <select
          aria-label={t`Month`}
          className={cx(inputLook, 'w-0 min-w-32 flex-[3] px-3', !value.month && 'text-soft')}
          autoComplete="bday-month"
          aria-invalid={invalid}
          value={value.month}
          onChange={(event) => set({ month: event.target.value })}
        >
          <option value="">{t`Month`}</option>
          {months.map((name, month) => (
            <option key={name} value={month + 1}>
              {name}
            </option>
          ))}
        </select>
        <input
          aria-label={t`Year`}
          placeholder={t`Year`}
          className={cx(inputLook, 'w-0 min-w-22 flex-1')}
          inputMode="numeric"
          autoComplete="bday-year"
          maxLength={4}
          aria-invalid={invalid}
          value={value.year}
          onChange={(event) => set({ year: event.target.value.replace(/\D/g, '') })}
        />
      </div>
      <FieldWords id={id} hint={hint} error={error} />
    </fieldset>
  );
}

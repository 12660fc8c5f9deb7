import { useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { addDays, type Day, readDay } from '../days';
import { ChipToggle } from './Chip';
import { Field } from './Field';

/** The first day, and the day after the last. */
export interface DaysBetween {
  from?: Day;
  until?: Day;
}

/** A first and a last day, typed or picked, or one of the ranges that are asked for most; `today` is the community's. */
export function DateRange({
  from,
  until,
  today,
  onChange,
}: DaysBetween & { today: Day; onChange: (days: DaysBetween) => void }) {
  const { t } = useLingui();
  // What is being typed, while it is no range yet.
  const [typed, setTyped] = useState<{ first: string; last: string } | null>(null);
  const given = { first: from ?? '', last: until ? addDays(until, -1) : '' };
  const { first, last } = typed ?? given;
  const isReversed = first !== '' && last !== '' && last < first;

  const change = (changes: Partial<typeof given>) => {
    const days = { first, last, ...changes };
    const isWhole = [days.first, days.last].every((day) => day === '' || readDay(day));
    if (!isWhole || (days.first && days.last && days.last < days.first)) {
      setTyped(days);
      return;
    }
    setTyped(null);
    onChange({ from: days.first || undefined, until: days.last ? addDays(days.last, 1) : undefined });
  };

  const ranges = [
    { words: t`Today`, from: today },
    { words: t`7 days`, from: addDays(today, -6) },
    { words: t`30 days`, from: addDays(today, -29) },
    { words: t`This month`, from: `${today.slice(0, 7)}-01` },
  ];
  const tomorrow = addDays(today, 1);
  return (
    <fieldset className="flex min-w-0 flex-col gap-2.5">
      <legend className="sr-only">{t`Days`}</legend>
      <div className="grid grid-cols-1 gap-2.5 min-[26rem]:grid-cols-2">
        <Field
          label={t`First day`}
          type="date"
          value={first}
          max={last || undefined}
          onChange={(event) => change({ first: event.target.value })}
        />
        <Field
          label={t`Last day`}
          type="date"
          value={last}
          min={first || undefined}
          error={isReversed ? t`This is before the first day.` : undefined}
          onChange={(event) => change({ last: event.target.value })}
        />
      </div>
      <div className="flex flex-wrap gap-1.5">
        {ranges.map((range) => (
          <ChipToggle
            key={range.words}
            on={from === range.from && until === tomorrow}
            onChange={(on) => {
              setTyped(null);
              onChange(on ? { from: range.from, until: tomorrow } : { from: undefined, until: undefined });
            }}
          >
            {range.words}
          </ChipToggle>
        ))}
      </div>
    </fieldset>
  );
}

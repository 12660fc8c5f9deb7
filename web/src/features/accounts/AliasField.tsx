import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useState } from 'react';
import { ChipToggle, Field } from '../../kit/ui';
import { suggestionsQuery } from './data';

/** Refusals that belong to an alias. */
export const ALIAS_REFUSALS = ['alias_invalid', 'alias_mixes_scripts', 'alias_full'];

/** The name one is known by in the square, with ideas that are free. */
export function AliasField({
  value,
  onChange,
  error,
}: {
  value: string;
  onChange: (alias: string) => void;
  error?: string;
}) {
  const { t } = useLingui();
  const asked = useSettled(useDeferredValue(value.trim()), 400);
  const { data } = useQuery({ ...suggestionsQuery(asked), enabled: asked.length >= 2 });
  return (
    <div className="flex flex-col gap-3">
      <Field
        label={t`Alias`}
        hint={t`What strangers call you. A number is added to it; two people may share an alias.`}
        autoComplete="nickname"
        spellCheck={false}
        maxLength={24}
        value={value}
        error={error}
        onChange={(event) => onChange(event.target.value)}
      />
      {data && data.length > 0 ? (
        <ul aria-label={t`Suggestions`} className="flex flex-wrap gap-2">
          {data.map((idea) => (
            <li key={`${idea.alias}#${idea.tag}`}>
              <ChipToggle on={idea.alias === value.trim()} onChange={() => onChange(idea.alias)}>
                {idea.alias}
              </ChipToggle>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

/** The value once it has not changed for a while: no request for each letter. */
function useSettled<Value>(value: Value, ms: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(setSettled, ms, value);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

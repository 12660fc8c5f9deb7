import { useLingui } from '@lingui/react/macro';
import { SelectField } from '../ui';

/** One of a column's values, or all of them. */
export function FilterField<Value extends string>({
  label,
  value,
  values,
  words,
  onChange,
}: {
  label: string;
  value: Value | undefined;
  values: readonly Value[];
  words: (value: Value) => string;
  onChange: (value: Value | undefined) => void;
}) {
  const { t } = useLingui();
  return (
    <SelectField
      label={label}
      value={value ?? ''}
      onChange={(event) => onChange(values.find((one) => one === event.target.value))}
    >
      <option value="">{t`All`}</option>
      {values.map((one) => (
        <option key={one} value={one}>
          {words(one)}
        </option>
      ))}
    </SelectField>
  );
}

import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { configQuery } from '../../kit/queries';
import { Field } from '../../kit/ui';

/** A phone number; the hint says whose it is taken for without a country code. */
export function PhoneField({
  value,
  error,
  onChange,
}: {
  value: string;
  error?: ReactNode;
  onChange: (value: string) => void;
}) {
  const { t, i18n } = useLingui();
  const { data: config } = useQuery(configQuery);
  const country = config && new Intl.DisplayNames(i18n.locale, { type: 'region' }).of(config.default_region);
  return (
    <Field
      label={t`Phone number`}
      hint={country ? t`Without a country code we assume this country: ${country}.` : undefined}
      type="tel"
      inputMode="tel"
      autoComplete="tel"
      placeholder={config ? `+${config.default_country_code} …` : undefined}
      value={value}
      error={error}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';

/** What is left of a talk, in whole hours and then in minutes. */
export function useTimeLeft(milliseconds: number): string {
  const { t } = useLingui();
  const minutes = Math.floor(milliseconds / 60_000);
  const hours = Math.floor(minutes / 60);
  if (minutes < 1) return t`less than a minute left`;
  if (hours < 1) return t`${plural(minutes, { one: '# minute left', other: '# minutes left' })}`;
  return t`${plural(hours, { one: '# hour left', other: '# hours left' })}`;
}

import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { configQuery } from '../queries';

/** A day and time on the community's clocks, by which lists of staff are narrowed. */
export function ExactTime({ at }: { at: string }) {
  const { i18n } = useLingui();
  const timeZone = useQuery(configQuery).data?.tenant.timezone;
  const when = new Date(at);
  return (
    <time dateTime={at} className="whitespace-nowrap tabular-nums">
      {written(i18n.locale, when, timeZone)}
    </time>
  );
}

function written(locale: string, when: Date, timeZone: string | undefined): string {
  const style = { dateStyle: 'medium', timeStyle: 'short' } as const;
  try {
    return new Intl.DateTimeFormat(locale, { ...style, timeZone }).format(when);
  } catch {
    return new Intl.DateTimeFormat(locale, style).format(when); // a place that this browser does not know
  }
}

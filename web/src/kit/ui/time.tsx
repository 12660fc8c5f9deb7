import { useLingui } from '@lingui/react/macro';
import { useNow } from './now';

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "3 hours ago", "tomorrow"; seconds are never counted, that would only make one nervous. */
export function relative(locale: string, then: Date, now: Date): string {
  const seconds = (then.getTime() - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, 'second');
}

export function clockTime(locale: string, when: Date): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(when);
}

export function fullTime(locale: string, when: Date): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(when);
}

/** A moment: said relatively, exact on hover. */
export function Moment({ at }: { at: string }) {
  const { i18n } = useLingui();
  const now = useNow(30_000);
  const then = new Date(at);
  return (
    <time dateTime={at} title={fullTime(i18n.locale, then)}>
      {relative(i18n.locale, then, now)}
    </time>
  );
}

/** Seconds as 0:42 or 12:05. */
export function minutesAndSeconds(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** How long ago, as short as it can be said: "now", "2 min", "3 h". Anything after a day has a date. */
export function useLately(at: string, now: Date): string {
  const { t, i18n } = useLingui();
  const then = new Date(at);
  const minutes = Math.floor((now.getTime() - then.getTime()) / 60_000);
  if (minutes < 1) return t`now`; // the clocks of two machines may differ
  if (minutes < 60) return t`${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t`${hours} h`;
  return new Intl.DateTimeFormat(i18n.locale, { day: 'numeric', month: 'short' }).format(then);
}

/** A moment in a list: said short, exact on hover and to screen readers. */
export function Lately({ at }: { at: string }) {
  const { i18n } = useLingui();
  const now = useNow(30_000);
  const then = new Date(at);
  return (
    <time dateTime={at} title={fullTime(i18n.locale, then)}>
      <span className="sr-only">{relative(i18n.locale, then, now)}</span>
      <span aria-hidden="true">{useLately(at, now)}</span>
    </time>
  );
}

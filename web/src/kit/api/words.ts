import type { I18n, MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { serverNow } from '../clock';
import { type Catalogue, hasWords, wantWords } from '../language';
import { clockTime, fullTime } from '../ui/time';
import { NoAnswer, Refused } from './errors';

/** Words for refusals by code: what happened, and what to do. */
export type Refusals = Readonly<Record<string, MessageDescriptor | ((refused: Refused, i18n: I18n) => string)>>;

/** A member of the problem as "at 14:05", or with the day when it is not today. */
export function momentOf(refused: Refused, i18n: I18n, member: string): string {
  const iso = refused.text(member);
  if (!iso) return '';
  const when = new Date(iso);
  const today = when.toDateString() === new Date(serverNow()).toDateString();
  return today ? clockTime(i18n.locale, when) : fullTime(i18n.locale, when);
}

const notLoggedIn = msg`Log in first.`;

const invalidRequest = msg`The server could not read this. Check what you entered.`;

/** Refusals that no room makes; the rooms add theirs. */
const known = new Map<string, Refusals[string]>(
  Object.entries<Refusals[string]>({
    too_busy: msg`Too many people are at this door at once. Wait a moment, then try again.`,
    slow_down: (refused, i18n) => {
      const seconds = refused.number('retry_after');
      if (seconds && seconds > 5400) {
        return i18n._(msg`That was a lot for a day. Try again in ${Math.ceil(seconds / 3600)} hours.`);
      }
      return seconds
        ? i18n._(msg`That was a lot in a short time. Wait ${Math.ceil(seconds)} seconds, then try again.`)
        : i18n._(msg`That was a lot in a short time. Wait a little, then try again.`);
    },
    not_logged_in: notLoggedIn,
    token_refused: notLoggedIn,
    idempotency_key_missing: msg`The page lost its thread here. Nothing was charged; reload it and try again.`,
    body_too_large: msg`This is too long to send in one piece.`,
    header_missing: msg`Your browser left something out that keeps other sites away. Reload the page and try again.`,
    not_found: msg`This is not here any more.`,
    invalid_request: invalidRequest,
    invalid_value: invalidRequest,
  }),
);

const catalogues = new Map<string, Catalogue>();

/** Adds the words of a room; they stand in its catalogue. */
export function wordRefusals(refusals: Refusals, catalogue?: Catalogue): void {
  for (const [code, words] of Object.entries(refusals)) {
    known.set(code, words);
    if (catalogue) catalogues.set(code, catalogue);
  }
}

/** Waits for the words of a refusal, whatever page is shown; without them it is told in general ones. */
export async function wantRefusalWords(code: string): Promise<void> {
  const catalogue = catalogues.get(code);
  if (catalogue && !hasWords(catalogue)) await Promise.race([wantWords([catalogue]).catch(() => {}), patience()]);
}

const patience = () => new Promise((done) => setTimeout(done, 4000));

function wordsOfCode(code: string): Refusals[string] | undefined {
  const catalogue = catalogues.get(code);
  return catalogue && !hasWords(catalogue) ? undefined : known.get(code);
}

/** What a refusal means to the person, whichever room it comes from. */
export function wordsFor(error: unknown, i18n: I18n): string {
  if (error instanceof NoAnswer) {
    return i18n._(msg`We cannot reach the square just now. What you entered is still here; try again in a moment.`);
  }
  if (!(error instanceof Refused)) {
    return i18n._(msg`Something went wrong on this page. Reload it; nothing that was sent is lost.`);
  }
  const words = wordsOfCode(error.code);
  if (words !== undefined) return typeof words === 'function' ? words(error, i18n) : i18n._(words);
  return error.status >= 500
    ? i18n._(msg`Something broke on our side. What you entered is still here; try again in a moment.`)
    : i18n._(
        msg`This did not work (${error.code}). Try again; if it keeps happening, tell the people who run this square.`,
      );
}

export function useWords(): (error: unknown) => string {
  const { i18n } = useLingui();
  return (error) => wordsFor(error, i18n);
}

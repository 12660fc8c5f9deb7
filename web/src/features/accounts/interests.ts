import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';

/** What one may be interested in. The short names travel, so that two languages find each other. */
const INTERESTS: Record<string, MessageDescriptor> = {
  music: msg`music`,
  cinema: msg`cinema`,
  books: msg`books`,
  poetry: msg`poetry`,
  history: msg`history`,
  philosophy: msg`philosophy`,
  travel: msg`travel`,
  nature: msg`nature`,
  food: msg`cooking`,
  coffee: msg`coffee and tea`,
  football: msg`football`,
  sport: msg`sport`,
  games: msg`games`,
  technology: msg`technology`,
  science: msg`science`,
  art: msg`art`,
  photography: msg`photography`,
  theatre: msg`theatre`,
  cats: msg`cats`,
  dogs: msg`dogs`,
  languages: msg`languages`,
  night: msg`night walks`,
};

export const INTEREST_NAMES = Object.keys(INTERESTS);

/** The words of an interest; one that came from elsewhere is shown as it is. */
export function useInterestWords(): (name: string) => string {
  const { i18n } = useLingui();
  return (name) => {
    const words = INTERESTS[name];
    return words ? i18n._(words) : name;
  };
}

import type { Messages } from '@lingui/core';
import { i18n } from './i18n';
import { part } from './parts';
import { kept } from './storage';

export type Language = 'tr' | 'en';
/** Words of a part of the app: a file for each language, loaded when its pages are shown. */
export type Catalogue = Readonly<Record<Language, () => Promise<{ messages: Messages }>>>;

const KEY = 'meydan.language';
const loads = new Map<Catalogue, Map<Language, Promise<void>>>();
const loaded = new Map<Catalogue, Set<Language>>();
let chosen: Language = 'tr';

function load(catalogue: Catalogue, language: Language): Promise<void> {
  const own = loads.get(catalogue) ?? new Map<Language, Promise<void>>();
  loads.set(catalogue, own);
  const running =
    own.get(language) ??
    part(catalogue[language]).then(
      ({ messages }) => {
        i18n.load(language, { ...messages });
        loaded.set(catalogue, new Set(loaded.get(catalogue)).add(language));
      },
      (error: unknown) => {
        own.delete(language);
        throw error;
      },
    );
  own.set(language, running);
  return running;
}

/** Has the words of these in the language that is spoken, and in every one that is spoken later. */
export async function wantWords(catalogues: readonly Catalogue[]): Promise<void> {
  const language = chosen;
  await Promise.all(catalogues.map((one) => load(one, language)));
  if (language !== chosen) await wantWords(catalogues);
}

export function hasWords(catalogue: Catalogue): boolean {
  return loaded.get(catalogue)?.has(chosen) ?? false;
}

/** The language chosen here before, else the browser's, else Turkish. */
export function rememberedLanguage(): Language {
  const language = kept.getItem(KEY) ?? navigator.language.slice(0, 2);
  return language === 'en' ? 'en' : 'tr';
}

/** Goes on in this language once every word that is shown is there. */
export async function speak(language: Language): Promise<void> {
  chosen = language;
  await Promise.all([...loads.keys()].map((one) => load(one, language)));
  if (language !== chosen) return; // another one was chosen meanwhile
  i18n.activate(language);
  document.documentElement.lang = language;
}

export function chooseLanguage(language: Language): void {
  kept.setItem(KEY, language);
  void speak(language);
}

/** A community's own name for what it sells, in the reader's language. */
export function ownName(name: { [language: string]: string } | null | undefined, locale: string): string | undefined {
  return name?.[locale] || undefined;
}

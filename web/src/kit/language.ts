import type { Messages } from '@lingui/core';
import { i18n } from './i18n';
import { kept } from './storage';

export type Language = 'tr' | 'en';
const KEY = 'meydan.language';
const catalogues: Record<Language, Messages> = { tr: {}, en: {} };

/** Adds the words of a part of the app in both languages. */
export function addWords(words: Record<Language, Messages>): void {
  Object.assign(catalogues.tr, words.tr);
  Object.assign(catalogues.en, words.en);
}

/** The language chosen here before, else the browser's, else Turkish. */
export function rememberedLanguage(): Language {
  const language = kept.getItem(KEY) ?? navigator.language.slice(0, 2);
  return language === 'en' ? 'en' : 'tr';
}

export function speak(language: Language): void {
  i18n.load(language, catalogues[language]);
  i18n.activate(language);
  document.documentElement.lang = language;
}

export function chooseLanguage(language: Language): void {
  kept.setItem(KEY, language);
  speak(language);
}

/** A community's own name for what it sells, in the reader's language. */
export function ownName(name: { [language: string]: string } | null | undefined, locale: string): string | undefined {
  return name?.[locale] || undefined;
}

import { i18n } from '@lingui/core';
import { messages as talkEn } from '../features/messages/locales/en.po';
import { messages as talkTr } from '../features/messages/locales/tr.po';
import { messages as en } from '../locales/en.po';
import { messages as tr } from '../locales/tr.po';
import { kept } from '../storage';

export type Language = 'tr' | 'en';
const KEY = 'meydan.language';

/** The language chosen here before, else the browser's, else Turkish. */
export function rememberedLanguage(): Language {
  const language = kept.getItem(KEY) ?? navigator.language.slice(0, 2);
  return language === 'en' ? 'en' : 'tr';
}

export function speak(language: Language): void {
  i18n.load(language, language === 'tr' ? { ...tr, ...talkTr } : { ...en, ...talkEn });
  i18n.activate(language);
  document.documentElement.lang = language;
}

export function chooseLanguage(language: Language): void {
  kept.setItem(KEY, language);
  speak(language);
}

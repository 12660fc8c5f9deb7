import type { Messages } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { cleanup, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach } from 'vitest';
import { i18n } from '../i18n';

afterEach(cleanup);

/** The words of every part of the app. */
export function everyWord(language: 'en' | 'tr'): Messages {
  const files = import.meta.glob<{ messages: Messages }>('../../**/locales/**/*.po', { eager: true });
  const own = Object.entries(files).filter(([path]) => path.endsWith(`/${language}.po`));
  return Object.assign({}, ...own.map(([, { messages }]) => messages));
}

const around = ({ children }: { children: ReactNode }) => <I18nProvider i18n={i18n}>{children}</I18nProvider>;

/** What a hook says in English and in Turkish. */
export function inBoth<Said>(hook: () => Said): [Said, Said] {
  const [english, turkish] = (['en', 'tr'] as const).map((locale) => {
    i18n.load(locale, everyWord(locale));
    i18n.activate(locale);
    return renderHook(hook, { wrapper: around }).result.current;
  });
  return [english, turkish] as [Said, Said];
}

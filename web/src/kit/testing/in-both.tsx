import { I18nProvider } from '@lingui/react';
import { cleanup, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach } from 'vitest';
import { messages as en } from '../../locales/en.po';
import { messages as tr } from '../../locales/tr.po';
import { i18n } from '../i18n';

afterEach(cleanup);

const around = ({ children }: { children: ReactNode }) => <I18nProvider i18n={i18n}>{children}</I18nProvider>;

/** What a hook says in English and in Turkish. */
export function inBoth<Said>(hook: () => Said): [Said, Said] {
  const [english, turkish] = (['en', 'tr'] as const).map((locale) => {
    i18n.load({ en, tr });
    i18n.activate(locale);
    return renderHook(hook, { wrapper: around }).result.current;
  });
  return [english, turkish] as [Said, Said];
}

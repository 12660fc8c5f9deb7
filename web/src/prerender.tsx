import { I18nProvider } from '@lingui/react';
import { renderToStaticMarkup } from 'react-dom/server';
import { Doors, doorReady, openDoors } from './app/doors';
import { shell } from './app/words';
import { type Config, knowConfig } from './kit/config';
import { i18n } from './kit/i18n';
import { type Language, speak, wantWords } from './kit/language';

/** The markup of a door, for the build (scripts/prerender.mjs). */
export async function prerender(path: string, language: Language, config: Config): Promise<string> {
  knowConfig(config);
  openDoors();
  await Promise.all([speak(language), wantWords([shell]), doorReady(path)]);
  return renderToStaticMarkup(
    <I18nProvider i18n={i18n}>
      <Doors enter={() => {}} />
    </I18nProvider>,
  );
}

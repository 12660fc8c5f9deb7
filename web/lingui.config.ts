import { defineConfig } from '@lingui/conf';
import { formatter } from '@lingui/format-po';

// Two catalogues, so that the words of the talk live beside the talk. English is written in the source, Turkish in the .po
// files; `npm run messages` refuses a message that lacks either.
export default defineConfig({
  format: formatter({ origins: false }),
  // Values of a sentence are text and nothing else: our component and our i18n see to it.
  runtimeConfigModule: { Trans: ['#kit/Trans.tsx', 'Trans'], i18n: ['#kit/i18n.ts', 'i18n'] },
  sourceLocale: 'en',
  locales: ['en', 'tr'],
  catalogs: [
    {
      path: '<rootDir>/src/features/messaging/locales/{locale}',
      include: ['<rootDir>/src/features/messaging'],
    },
    {
      path: '<rootDir>/src/locales/{locale}',
      include: ['<rootDir>/src'],
      exclude: ['<rootDir>/src/features/messaging/**', '**/*.test.*'],
    },
  ],
});

import { defineConfig } from '@lingui/conf';
import { formatter } from '@lingui/format-po';

/** Parts of a room that are drawn with the frame: their words come with the shell's. */
const DRAWN_WITH_THE_FRAME = ['room', 'top'];

// A catalogue for each room, loaded with its pages, and one for the shell. English is written in the source, Turkish in the
// .po files; `npm run messages` refuses a message that lacks either.
export default defineConfig({
  format: formatter({ origins: false }),
  // Values of a sentence are text and nothing else: our component and our i18n see to it.
  runtimeConfigModule: { Trans: ['#kit/Trans.tsx', 'Trans'], i18n: ['#kit/i18n.ts', 'i18n'] },
  sourceLocale: 'en',
  locales: ['en', 'tr'],
  catalogs: [
    {
      path: '<rootDir>/src/features/{name}/locales/{locale}',
      include: ['<rootDir>/src/features/{name}'],
      exclude: ['**/*.test.*', ...DRAWN_WITH_THE_FRAME.map((file) => `**/features/*/${file}.tsx`)],
    },
    {
      path: '<rootDir>/src/locales/{locale}',
      include: [
        '<rootDir>/src/app',
        '<rootDir>/src/kit',
        ...DRAWN_WITH_THE_FRAME.map((file) => `<rootDir>/src/features/*/${file}.tsx`),
      ],
      exclude: ['**/*.test.*'],
    },
  ],
});

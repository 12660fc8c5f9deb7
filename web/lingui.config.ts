import { readdirSync } from 'node:fs';
import { defineConfig } from '@lingui/conf';
import { formatter } from '@lingui/format-po';

/** Files of a room that are drawn with the frame: their words come with the shell's. */
const DRAWN_WITH_THE_FRAME = ['room.tsx', 'top.tsx'];
const rooms = readdirSync(new URL('src/features', import.meta.url));

// A catalogue for each room, loaded with its pages, one of its words in the frame, and one of the app and the kit. English is
// written in the source, Turkish in the .po files; `npm run messages` refuses a message that lacks either.
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
      exclude: ['**/*.test.*', ...DRAWN_WITH_THE_FRAME.map((file) => `**/features/*/${file}`)],
    },
    ...rooms.map((name) => ({
      path: `<rootDir>/src/features/${name}/locales/frame/{locale}`,
      include: DRAWN_WITH_THE_FRAME.map((file) => `<rootDir>/src/features/${name}/${file}`),
    })),
    {
      path: '<rootDir>/src/locales/{locale}',
      include: ['<rootDir>/src/app', '<rootDir>/src/kit'],
      exclude: ['**/*.test.*'],
    },
  ],
});

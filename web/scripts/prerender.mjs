// Draws the doors as HTML, for each language, into the folder of the build: `node scripts/prerender.mjs FOLDER`. The server
// puts the community's name in (src/meydan/prerendered.py); the client draws the same over it once its scripts are there.
import { writeFileSync } from 'node:fs';
import { createServer } from 'vite';

const OUT = process.argv[2];
const DOORS = ['/', '/login', '/join'];
/** Stands for the community's name; no name holds this noncharacter. */
const NAME = '\uFDD1';

process.env.NODE_ENV = 'production';
const nothing = { getItem: () => null, setItem() {}, removeItem() {} };
Object.assign(globalThis, {
  location: new URL('http://meydan.invalid/'),
  document: { documentElement: { dataset: {} } },
  isSecureContext: true,
  localStorage: nothing,
  sessionStorage: nothing,
  BroadcastChannel: undefined,
});
globalThis.window = globalThis;
Object.defineProperty(globalThis, 'navigator', { value: { language: 'tr', onLine: true, cookieEnabled: true } });

const server = await createServer({
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true, include: [] },
});
const { prerender } = await server.ssrLoadModule('/src/prerender.tsx');

/** As most communities are; where one is not, the client puts it right. */
const configOf = (slug) => ({
  tenant: { slug, name: NAME },
  founding: 'closed',
  sign_in_methods: ['phone', 'email', 'username'],
  require_verified: 'phone',
  default_region: 'TR',
  default_country_code: 90,
});

/** The picture follows the hour, and comes with the scripts. Nothing can be filled in before them. */
const still = (markup) =>
  markup
    .replace(/(<svg[^>]*?) data-sky="\w+"( data-scene="\w+")([^>]*>).*?<\/svg>/g, '$1$3</svg>')
    .replace(/<(form|button) /g, '<$1 inert="" ')
    .replaceAll('<input ', '<input readonly="" ');

const doors = {};
for (const path of DOORS) {
  location.pathname = path;
  doors[path] = {};
  for (const language of ['tr', 'en']) {
    doors[path][language] = {
      default: still(await prerender(path, language, configOf('default'))),
      other: still(await prerender(path, language, configOf('other'))),
    };
  }
}
writeFileSync(`${OUT}/.doors.json`, JSON.stringify(doors));
await server.close();
process.exit(0);

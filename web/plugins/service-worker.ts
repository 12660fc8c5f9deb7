import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin, Rolldown } from 'vite';

/** Files without a hash in their name: what is in them counts for the version. */
const FIXED = ['index.html', 'public/ground.js', 'public/icon.svg', 'public/manifest.webmanifest'];
/** The doors and the square are loaded when somebody stands there; without a network they must be here already. */
const SHELL = [
  /\/features\/accounts\/(doors|LandingPage|BannedPage)\.tsx$/,
  /\/features\/meeting\/SquarePage\.tsx$/,
  /\/src\/app\/words-\w+\.ts$/,
  /\/features\/(accounts|gifts|legal|meeting|payments|premium|safety|wallet)\/locales\/\w+\.po$/,
];
const WORKER = 'sw.js';
/** Turkish and English need neither. */
const UNUSED_FONTS = /vietnamese/;

type Bundle = Rolldown.OutputBundle;

/** A chunk with everything that it cannot do without: chunks, styles, and the files that styles name. */
function withNeeds(bundle: Bundle, name: string, found: Set<string>): void {
  const file = bundle[name];
  if (file === undefined || found.has(name)) return;
  found.add(name);
  if (file.type === 'chunk') {
    const { importedCss = [], importedAssets = [] } = file.viteMetadata ?? {};
    for (const needed of [...file.imports, ...importedCss, ...importedAssets]) withNeeds(bundle, needed, found);
  } else if (name.endsWith('.css')) {
    for (const [, needed = ''] of String(file.source).matchAll(/(assets\/[^"')]+)/g)) withNeeds(bundle, needed, found);
  }
}

/** Builds src/sw.ts to /sw.js and writes the lists of files of this build, and its version, into it. */
export function serviceWorker(): Plugin {
  return {
    name: 'meydan:service-worker',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'chunk', id: 'src/sw.ts', fileName: WORKER });
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle[WORKER];
        if (worker?.type !== 'chunk') this.error('the service worker was not built');
        if (worker.imports.length > 0) this.error('the service worker shares code with the pages: it must be one file');
        const needed = new Set<string>();
        const found = new Set<RegExp>();
        for (const [name, file] of Object.entries(bundle)) {
          if (file.type !== 'chunk' || name === WORKER) continue;
          const module = file.facadeModuleId ?? '';
          const isShell = SHELL.filter((pattern) => pattern.test(module));
          for (const pattern of isShell) found.add(pattern);
          if (file.isEntry || isShell.length > 0) withNeeds(bundle, name, needed);
        }
        const files = Object.keys(bundle)
          .filter((name) => name.startsWith('assets/') && !name.endsWith('.map') && !UNUSED_FONTS.test(name))
          .sort();
        const listed = (isShell: boolean) =>
          JSON.stringify(files.filter((name) => needed.has(name) === isShell).map((name) => `/${name}`));
        if (found.size < SHELL.length) this.error('a part of the shell was not found');
        const hash = createHash('sha256').update(files.join('\n')).update(worker.code);
        for (const name of FIXED) hash.update(readFileSync(name));
        const version = hash.digest('hex').slice(0, 12);
        worker.code = worker.code
          .replaceAll('__SHELL_FILES__', () => listed(true))
          .replaceAll('__LATER_FILES__', () => listed(false))
          .replaceAll('__SHELL_VERSION__', () => JSON.stringify(version));
      },
    },
  };
}

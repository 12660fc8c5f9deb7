import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** Files without a hash in their name: what is in them counts for the version. */
const FIXED = ['index.html', 'public/ground.js', 'public/icon.svg', 'public/manifest.webmanifest'];

/** Builds src/sw.ts to /sw.js and writes the list of files of this build, and its version, into it. */
export function serviceWorker(): Plugin {
  return {
    name: 'meydan:service-worker',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'chunk', id: 'src/sw.ts', fileName: 'sw.js' });
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle['sw.js'];
        if (worker?.type !== 'chunk') this.error('the service worker was not built');
        const files = Object.keys(bundle)
          .filter((name) => name.startsWith('assets/') && !name.endsWith('.map') && !name.includes('vietnamese'))
          .sort()
          .map((name) => `/${name}`);
        const hash = createHash('sha256').update(files.join('\n')).update(worker.code);
        for (const name of FIXED) hash.update(readFileSync(name));
        const version = hash.digest('hex').slice(0, 12);
        worker.code = worker.code
          .replace('__SHELL_FILES__', () => JSON.stringify(files))
          .replace('__SHELL_VERSION__', () => JSON.stringify(version));
      },
    },
  };
}

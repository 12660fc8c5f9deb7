import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Plugin } from 'vite';

const TEXTS = /\.(js|css|html|svg|json|webmanifest)$/;
/** Smaller files fit into the first packets as they are. */
const WORTH_IT = 1000;

/** Writes a `.br` beside each text of the build, at the strength that is too slow for answering requests. */
export function brotli(): Plugin {
  return {
    name: 'meydan:brotli',
    apply: 'build',
    writeBundle: {
      order: 'post',
      sequential: true,
      handler({ dir = '' }) {
        for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
          if (!TEXTS.test(name)) continue;
          const text = readFileSync(join(dir, name));
          if (text.length < WORTH_IT) continue;
          const params = {
            [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
            [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
          };
          writeFileSync(join(dir, `${name}.br`), brotliCompressSync(text, { params }));
        }
      },
    },
  };
}

// Turkish and English are equals: a message without words in either catalogue is a fault.
import { existsSync, globSync, readFileSync } from 'node:fs';

const folders = globSync(['src/**/locales', 'src/**/locales/frame']);
let missing = 0;
let total = 0;

/** The value of a .po keyword, joined over its continuation lines. */
function wordsOf(block, keyword) {
  const lines = block.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`${keyword} `));
  if (start < 0) return undefined;
  let value = lines[start].slice(keyword.length + 2, -1);
  for (let next = start + 1; lines[next]?.startsWith('"'); next += 1) value += lines[next].slice(1, -1);
  return value;
}

for (const folder of folders) {
  for (const locale of ['en', 'tr']) {
    const file = `${folder}/${locale}.po`;
    if (!existsSync(file)) continue;
    for (const block of readFileSync(file, 'utf8').split('\n\n')) {
      const id = wordsOf(block, 'msgid');
      if (!id || block.startsWith('#~')) continue;
      total += 1;
      if (wordsOf(block, 'msgstr')) continue;
      missing += 1;
      console.error(`${file}: no words for “${id}”`);
    }
  }
}

console.log(`${total} messages, ${missing} without words`);
process.exit(missing > 0 ? 1 : 0);

// `npm run fonts`: cuts the letters that our own words use out of the fonts, so that a first visit loads few bytes. Every
// other letter still comes from the whole files, when somebody's name has it (src/kit/ui/fonts/fonts.css).
import { readFileSync, writeFileSync } from 'node:fs';
import subsetFont from 'subset-font';

const OUT = 'src/kit/ui/fonts';
const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
/** The font's files are cut where Unicode is; four letters of Turkish lie beyond. */
const LETTERS = { latin: `${ascii}\u00a0·×©«»“”‘’–—…•€ÂÇÎÖÛÜâçîöûüı`, 'latin-ext': 'ĞğİŞş₺' };
/** The weights that pages use, and those of the whole files: only faces of the same weights complete one another. */
const FONTS = {
  'bricolage-grotesque': { family: 'Bricolage Grotesque Variable', used: { min: 600, max: 700 }, whole: '200 800' },
  figtree: { family: 'Figtree Variable', used: { min: 400, max: 700 }, whole: '300 900' },
};

/** Letters as CSS names them; neighbours become one range. */
function rangeOf(letters) {
  const runs = [];
  for (const code of [...letters].map((letter) => letter.codePointAt(0)).sort((one, other) => one - other)) {
    const last = runs.at(-1);
    if (last && last[1] === code - 1) last[1] = code;
    else runs.push([code, code]);
  }
  return runs.map(([from, to]) => `U+${from.toString(16)}${to > from ? `-${to.toString(16)}` : ''}`).join(', ');
}

let css = '/* Written by `npm run fonts`. */\n';
for (const name of Object.keys(FONTS)) {
  css += `@import "@fontsource-variable/${name}/wght.css";\n`;
}
for (const [name, { family, used, whole }] of Object.entries(FONTS)) {
  for (const [script, letters] of Object.entries(LETTERS)) {
    const font = readFileSync(`node_modules/@fontsource-variable/${name}/files/${name}-${script}-wght-normal.woff2`);
    const cut = await subsetFont(font, letters, { targetFormat: 'woff2', variationAxes: { wght: used } });
    const file = `${name}-${script === 'latin' ? 'words' : 'turkish'}.woff2`;
    writeFileSync(`${OUT}/${file}`, cut);
    css += `
@font-face {
  font-family: "${family}";
  font-display: swap;
  font-weight: ${whole};
  src: url("./${file}") format("woff2");
  unicode-range: ${rangeOf(letters)};
}
`;
    console.log(`${file}: ${font.length} → ${cut.length} bytes`);
  }
}
writeFileSync(`${OUT}/fonts.css`, css);

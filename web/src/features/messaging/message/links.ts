/** Links in what people write. Only http and https count; the host stands in letters that are what they seem. */

export type Part =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string; readonly host: string };

// Invisible characters end a link, marks that turn the direction of writing among them.
const LINK = /\bhttps?:\/\/[^\s\p{C}<>"]+/giu;
const TRAILING = '.,;:!?\'"»”’…)]}';
/** As long as any browser's address; longer ones are words. */
const LONGEST = 2048;
/** Letters with marks that everybody tells from those without. All else is shown in ASCII: dotless ı, other scripts. */
const CLEAR = /^[a-z0-9.\-çğöşüâîûäàáèéêëìíòóùúñ]+$/;

export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const written = withoutTrailing(found);
    const link = read(written);
    if (link === null) continue;
    if (index > done) parts.push({ kind: 'words', text: text.slice(done, index) });
    parts.push({ kind: 'link', ...link });
    done = index + written.length;
  }
  if (done < text.length) parts.push({ kind: 'words', text: text.slice(done) });
  return parts;
}

/** Punctuation of the sentence is no part of the link; a bracket is, where the link opened it. */
function withoutTrailing(found: string): string {
  const count = (bracket: string) => found.split(bracket).length;
  let open = count('(') - count(')');
  let end = found.length;
  for (; TRAILING.includes(found[end - 1] ?? ' '); end--) {
    if (found[end - 1] !== ')') continue;
    if (open >= 0) break;
    open += 1;
  }
  return found.slice(0, end);
}

/** Null for what no browser opens, and for a name before the host, which only serves to pass for another host. */
function read(written: string): { text: string; href: string; host: string } | null {
  const url = written.length <= LONGEST && URL.canParse(written) ? new URL(written) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || !url.hostname.includes('.')) return null;
  const authority = /^https?:\/\/([^/?#\\]*)/i.exec(written)?.[1] ?? '';
  if (url.username || url.password || authority.includes('@')) return null;
  const name = honest(url.hostname, authority.replace(/:\d*$/, ''));
  const host = url.port ? `${name}:${url.port}` : name;
  const rest = written.slice(written.indexOf('//') + 2 + authority.length);
  return { text: `${url.protocol}//${host}${rest}`, href: url.href, host };
}

/** `ascii` is what the browser will ask for; `written` stands in its place only if its letters are clear. */
function honest(ascii: string, written: string): string {
  const letters = written.toLowerCase().normalize('NFC');
  const isSame =
    CLEAR.test(letters) && URL.canParse(`https://${letters}`) && new URL(`https://${letters}`).hostname === ascii;
  return isSame ? letters : ascii;
}

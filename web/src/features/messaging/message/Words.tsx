import { Trans } from '@lingui/react/macro';
import { useId, useState } from 'react';
import { Link } from './Link';
import { type Part, partsOf } from './links';

const LONGEST = 500;
const MOST_LINES = 14;

/** Spaces and invisible characters only: it counts as written, so it is shown. */
export function isBlank(body: string): boolean {
  return !/[^\s\p{Cc}\p{Cf}\p{Cs}\p{M}\u115f\u1160\u3164\uffa0]/u.test(body);
}

/** What somebody wrote, with its links; a long text begins folded. */
export function Words({ body }: { body: string }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  if (isBlank(body)) {
    return (
      <em className="text-soft">
        <Trans>An empty message</Trans>
      </em>
    );
  }
  const end = foldAt(body);
  const parts = partsOf(body);
  const isLong = end < body.length;
  return (
    <>
      <span id={id}>
        {(isLong && !open ? fold(parts, end) : parts).map((part, place) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never move
          part.kind === 'link' ? <Link key={place} {...part} /> : <span key={place}>{part.text}</span>,
        )}
        {isLong && !open ? '…' : null}
      </span>
      {isLong ? (
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
          className="-mb-2 flex min-h-11 items-center font-semibold text-lamp-text underline-offset-2 hover:underline"
        >
          {open ? <Trans>Show less</Trans> : <Trans>Show all of it</Trans>}
        </button>
      ) : null}
    </>
  );
}

/** Where a text is folded: after so many characters or lines, at a space if one is near. Its length where it is short. */
export function foldAt(body: string): number {
  let lines = 0;
  let end = body.length > LONGEST * 1.3 ? LONGEST : body.length;
  for (let at = body.indexOf('\n'); at >= 0 && at < end; at = body.indexOf('\n', at + 1)) {
    lines += 1;
    if (lines === MOST_LINES) end = at;
  }
  if (end === body.length || body[end] === '\n') return end;
  const space = body.lastIndexOf(' ', end);
  if (space > end - 60) return space;
  return /[\ud800-\udbff]/.test(body[end - 1] ?? '') ? end - 1 : end; // no half of a character
}

/** The parts up to there; a link that reaches further is left out whole. */
export function fold(parts: readonly Part[], end: number): Part[] {
  const kept: Part[] = [];
  let place = 0;
  for (const part of parts) {
    const left = end - place;
    if (left <= 0 || (part.kind === 'link' && part.text.length > left)) break;
    kept.push(part.kind === 'words' ? { ...part, text: part.text.slice(0, left) } : part);
    place += part.text.length;
  }
  return kept;
}

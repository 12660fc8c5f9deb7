import type { ReactNode } from 'react';
import { cx } from './cx';

// People's pictures are never faked: who has none gets a tile, drawn from a seed, in the manner of a tiled fountain.
const GLAZES = [
  ['#3b3a6b', '#f1b544', '#f6ead2'],
  ['#a94f33', '#f7d9b0', '#4f2317'],
  ['#57744a', '#eadfb6', '#2b3d26'],
  ['#6f3f66', '#f3b7a0', '#f7e8d5'],
  ['#2b6773', '#f3d9a2', '#d7efe9'],
  ['#d9b178', '#5a3b2a', '#fbf1dd'],
  ['#8374b8', '#2c2550', '#fde7b8'],
  ['#bf6c80', '#fbe9dc', '#5a2438'],
] as const;

/** 32 bits out of a seed; the same seed, the same tile, everywhere. */
export function tileNumber(seed: string): number {
  let hash = 0x811c9dc5;
  for (const character of seed) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}

const turns = (count: number, draw: (degrees: number) => ReactNode) =>
  Array.from({ length: count }, (_, index) => draw((360 / count) * index));
const around = (degrees: number) => `rotate(${degrees} 50 50)`;

const MOTIFS: ((a: string, b: string, turn: number) => ReactNode)[] = [
  (a, b, turn) => (
    <g transform={around(turn * 11.25)}>
      <rect x="22" y="22" width="56" height="56" fill={a} />
      <rect x="22" y="22" width="56" height="56" fill={a} transform={around(45)} />
      <circle cx="50" cy="50" r="17" fill={b} />
    </g>
  ),
  (a, b, turn) => (
    <g transform={around(turn * 9)}>
      {turns(turn > 1 ? 8 : 6, (degrees) => (
        <ellipse key={degrees} cx="50" cy="27" rx="9" ry="23" fill={a} transform={around(degrees)} />
      ))}
      <circle cx="50" cy="50" r="10" fill={b} />
    </g>
  ),
  (a, b, turn) => (
    <>
      {turns(4, (degrees) => (
        <path key={degrees} d="M50 50V8A42 42 0 0 1 92 50Z" fill={degrees % 180 ? b : a} transform={around(degrees)} />
      ))}
      <circle cx="50" cy="50" r={9 + turn * 4} fill={turn % 2 ? a : b} />
    </>
  ),
  (a, b, turn) => (
    <g transform={around(turn * 45 - 30)}>
      <circle cx="50" cy="50" r="34" fill={a} />
      <circle cx="64" cy="44" r="27" fill="var(--glaze)" />
      <circle cx="72" cy="40" r="8" fill={b} />
    </g>
  ),
  (a, b, turn) => (
    <>
      <path d="M18 100V52a32 32 0 0 1 64 0v48Z" fill={a} />
      <path d="M30 100V56a20 20 0 0 1 40 0v44Z" fill="var(--glaze)" />
      <path d="M40 100V60a10 10 0 0 1 20 0v40Z" fill={b} />
      <circle cx={20 + turn * 20} cy="12" r="6" fill={b} />
    </>
  ),
  (a, b, turn) => (
    <g transform={around(45)}>
      {[0, 1, 2].flatMap((row) =>
        [0, 1, 2].map((column) => (
          <rect
            key={`${row}${column}`}
            x={15 + column * 24}
            y={15 + row * 24}
            width="20"
            height="20"
            rx={turn > 1 ? 10 : 2}
            fill={(row + column + turn) % 2 ? a : b}
          />
        )),
      )}
    </g>
  ),
];

export function Avatar({ seed, size = 44, className }: { seed: string | number; size?: number; className?: string }) {
  const number = tileNumber(String(seed));
  const [ground, a, b] = GLAZES[number % GLAZES.length] ?? GLAZES[0];
  const motif = MOTIFS[(number >>> 3) % MOTIFS.length] ?? MOTIFS[0];
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 100 100"
      width={size}
      height={size}
      className={cx('shrink-0 rounded-[30%]', className)}
      style={{ ['--glaze' as string]: ground }}
    >
      <rect width="100" height="100" fill={ground} />
      {motif?.(a, b, (number >>> 9) % 4)}
    </svg>
  );
}

/** Alias and tag as they are read everywhere: kediadam#9021. */
export function Alias({ alias, tag, className }: { alias: string; tag: string; className?: string }) {
  return (
    <span className={cx('flex min-w-0 overflow-hidden', className)} dir="auto">
      <span className="min-w-[2ch] truncate font-semibold">{alias}</span>
      <span className="shrink-0 text-soft">#{tag}</span>
    </span>
  );
}

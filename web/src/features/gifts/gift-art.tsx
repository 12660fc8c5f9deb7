import type { I18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react';
import type { ReactNode } from 'react';
import type { Gift } from '../../kit/api/types';
import { cx } from '../../kit/ui';

/** The same again and again, around the middle. */
const turns = (count: number, draw: (degrees: number) => ReactNode) =>
  Array.from({ length: count }, (_, index) => draw((360 / count) * index));
const around = (degrees: number) => `rotate(${degrees} 32 32)`;

// The gifts of the square, drawn: each on a glaze of its own, so that it reads on every ground.
const ART: Record<string, { ground: string; draw: ReactNode }> = {
  tea: {
    ground: '#2b6773',
    draw: (
      <>
        <ellipse cx="32" cy="51.5" rx="15" ry="3.8" fill="#f6ead2" />
        <ellipse cx="32" cy="50.6" rx="9" ry="1.9" fill="#d9c6a0" />
        <path
          d="M23.5 19c0 8.5 3.6 10.4 3.3 15.4-.3 4.8-3.3 7.2-1.7 14.6.2 1 .9 1.6 2 1.6h9.8c1.1 0 1.8-.6 2-1.6 1.6-7.4-1.4-9.8-1.7-14.6C36.9 29.4 40.5 27.5 40.5 19Z"
          fill="#d7efe9"
          fillOpacity="0.55"
        />
        <path
          d="M24.3 25c.9 4.7 2.8 6 2.5 9.4-.3 4.8-3.3 7.2-1.7 14.6.2 1 .9 1.6 2 1.6h9.8c1.1 0 1.8-.6 2-1.6 1.6-7.4-1.4-9.8-1.7-14.6-.3-3.4 1.6-4.7 2.5-9.4Z"
          fill="#b4432a"
        />
        <ellipse cx="32" cy="25" rx="7.7" ry="1.5" fill="#d4693f" />
        <path d="M28.5 30c.4 3-.6 4.6-1 7" stroke="#fff6e5" strokeWidth="1.4" strokeLinecap="round" fill="none" />
        <path
          d="M28 15c-1.5-2.2 1.5-3.3 0-5.5M35 14.5c-1.5-2.2 1.5-3.3 0-5.5"
          stroke="#d7efe9"
          strokeWidth="1.6"
          strokeLinecap="round"
          fill="none"
        />
      </>
    ),
  },
  simit: {
    ground: '#f3d9a2',
    draw: (
      <>
        <circle cx="32" cy="33" r="14" fill="none" stroke="#7a4318" strokeWidth="10.5" />
        <circle cx="32" cy="32" r="14" fill="none" stroke="#b86f2d" strokeWidth="10" />
        {turns(12, (degrees) => (
          <path
            key={degrees}
            d="M28.5 14.2q4.5 3 6 8.8"
            stroke="#8f5220"
            strokeWidth="1.5"
            fill="none"
            transform={around(degrees)}
          />
        ))}
        {turns(24, (degrees) => (
          <ellipse
            key={degrees}
            cx="32"
            cy={degrees % 30 ? 15.6 : 20.4}
            rx="0.85"
            ry="1.5"
            fill="#fdf2d8"
            transform={around(degrees + 6)}
          />
        ))}
      </>
    ),
  },
  tulip: {
    ground: '#eadfb6',
    draw: (
      <>
        <path d="M32 31v23" stroke="#57744a" strokeWidth="3" strokeLinecap="round" />
        <path d="M31.5 54C22 52 17.5 45 18 36c7.5 2 12.5 8.5 13.5 18Z" fill="#57744a" />
        <path d="M32.5 54c8.5-2 12.5-7.5 12.5-15-7 1.5-11.5 7-12.5 15Z" fill="#6d8d5d" />
        <path
          d="M32 34c-7.5 0-11.5-5.5-10.5-13.5.3-3 1.6-6.5 3-9 3.5 2.5 6 5.5 7.5 9 1.5-3.5 4-6.5 7.5-9 1.4 2.5 2.7 6 3 9C43.5 28.5 39.5 34 32 34Z"
          fill="#b4382f"
        />
        <path
          d="M32 34c-4.8-2.4-6.6-8-5.6-13.4.6-3.4 2.8-8 5.6-11 2.8 3 5 7.6 5.6 11C38.6 26 36.8 31.6 32 34Z"
          fill="#d4564a"
        />
        <path d="M32 14v13" stroke="#f3b7a0" strokeWidth="1.4" strokeLinecap="round" />
      </>
    ),
  },
  lantern: {
    ground: '#3b3a6b',
    draw: (
      <>
        <circle cx="32" cy="36" r="20" fill="#f1b544" fillOpacity="0.16" />
        <circle cx="32" cy="36" r="14.5" fill="#f1b544" fillOpacity="0.2" />
        <path d="M32 8v6" stroke="#d9b178" strokeWidth="2" strokeLinecap="round" />
        <circle cx="32" cy="15" r="2.6" fill="none" stroke="#d9b178" strokeWidth="1.8" />
        <path d="M32 17.5 41 25H23Z" fill="#d9b178" />
        <path d="M23 25h18l4 11-4 12H23l-4-12Z" fill="#f1b544" />
        <path d="M28 25h8l1.5 11L36 48h-8l-1.5-12Z" fill="#f8d88e" />
        <path
          d="M23 25 19 36l4 12M41 25l4 11-4 12M28 25l-1.5 11L28 48M36 25l1.5 11L36 48M19 36h26"
          stroke="#8a5a22"
          strokeWidth="1.5"
          fill="none"
          strokeLinejoin="round"
        />
        <path d="M32 31c2.8 3.2 3.4 4.8 3.4 6.6a3.4 3.4 0 0 1-6.8 0c0-1.8.6-3.4 3.4-6.6Z" fill="#c2552d" />
        <path d="M23 48h18l-3 4.5H26Z" fill="#d9b178" />
        <path d="M32 52.5V57" stroke="#d9b178" strokeWidth="2" strokeLinecap="round" />
      </>
    ),
  },
  kilim: {
    ground: '#d7efe9',
    draw: (
      <>
        <path d="M18 15.5h28M18 48.5h28" stroke="#5a3b2a" strokeWidth="5" strokeDasharray="1.4 1.95" />
        <rect x="17" y="17" width="30" height="30" fill="#a94f33" />
        <rect x="19.5" y="19.5" width="25" height="25" fill="none" stroke="#f1b544" strokeWidth="1.5" />
        <path d="M32 21.5 42.5 32 32 42.5 21.5 32Z" fill="#f6ead2" />
        <path d="M32 25 39 32 32 39 25 32Z" fill="#2b6773" />
        <path d="M32 28.8 35.2 32 32 35.2 28.8 32Z" fill="#f1b544" />
        <path d="M21 21h5l-5 5Zm22 0v5l-5-5ZM21 43v-5l5 5Zm22 0h-5l5-5Z" fill="#2b6773" />
      </>
    ),
  },
  moon: {
    ground: '#2c2550',
    draw: (
      <>
        <path d="M38.5 12.5a20 20 0 1 0 12.6 28.4A16.5 16.5 0 0 1 38.5 12.5Z" fill="#f8e3b0" />
        <path d="M44.5 19.5 46 24l4.5 1.5L46 27l-1.5 4.5L43 27l-4.5-1.5L43 24Z" fill="#f1b544" />
        <circle cx="23" cy="33" r="2.4" fill="#e6c98a" />
        <circle cx="30" cy="43" r="1.7" fill="#e6c98a" />
        <circle cx="17" cy="14" r="1" fill="#fde7b8" />
        <circle cx="53" cy="35" r="0.9" fill="#fde7b8" />
      </>
    ),
  },
  boat: {
    ground: '#f3b7a0',
    draw: (
      <>
        <circle cx="43" cy="20" r="6" fill="#f8d88e" />
        <path d="M31 10v31" stroke="#5a3b2a" strokeWidth="2" strokeLinecap="round" />
        <path d="M29.5 13v25H15.5C22 32.5 27 24 29.5 13Z" fill="#fdf2e2" />
        <path d="M33 18c6.5 5 10.5 12 12 20H33Z" fill="#f6dfc0" />
        <path d="M13 41h38c-1.5 6-5.5 9.5-10 9.5H22C17.5 50.5 14.5 46.5 13 41Z" fill="#8a3f2a" />
        <path d="M14 44h36" stroke="#f1b544" strokeWidth="1.4" />
        <path
          d="M3.5 50.5c3-2.6 6-2.6 9 0s6 2.6 9 0 6-2.6 9 0 6 2.6 9 0 6-2.6 9 0 6 2.6 9 0l3 0v14h-57Z"
          fill="#2b6773"
        />
        <path
          d="M14 57c2.3-2 4.6-2 7 0s4.7 2 7 0M35 58c2.3-2 4.6-2 7 0s4.7 2 7 0"
          stroke="#7fb3b8"
          strokeWidth="1.5"
          fill="none"
          strokeLinecap="round"
        />
      </>
    ),
  },
  cat: {
    ground: '#8374b8',
    draw: (
      <>
        <path
          d="M43 51c7 0 10-5 8-11-1.2-3.6-4.5-3.6-4.8-.8"
          stroke="#2c2550"
          strokeWidth="4"
          fill="none"
          strokeLinecap="round"
        />
        <path d="M20 54c-1-10 1.5-17 5.5-21h13c4 4 6.5 11 5.5 21Z" fill="#2c2550" />
        <path
          d="M20.5 13.5 27 18.2a16 16 0 0 1 10 0l6.5-4.7c1.3 5 1.3 9.5.3 13.5-1.3 5.3-6 8.5-11.8 8.5S21.5 32.3 20.2 27c-1-4-1-8.5.3-13.5Z"
          fill="#2c2550"
        />
        <path d="M22.6 17.3 26 20l-3.2 2.5ZM41.4 17.3 38 20l3.2 2.5Z" fill="#bf6c80" />
        <ellipse cx="26.8" cy="25.5" rx="2.6" ry="3" fill="#fde7b8" />
        <ellipse cx="37.2" cy="25.5" rx="2.6" ry="3" fill="#fde7b8" />
        <ellipse cx="26.8" cy="25.6" rx="0.9" ry="2.5" fill="#2c2550" />
        <ellipse cx="37.2" cy="25.6" rx="0.9" ry="2.5" fill="#2c2550" />
        <path d="M30.8 29.6h2.4L32 31Z" fill="#bf6c80" />
        <path d="M27.5 54v-7M36.5 54v-7" stroke="#54488a" strokeWidth="1.5" strokeLinecap="round" />
      </>
    ),
  },
};

/** A gift this client was never shown: still something wrapped. */
const WRAPPED: (typeof ART)[string] = {
  ground: '#bf6c80',
  draw: (
    <>
      <rect x="16" y="28" width="32" height="24" rx="2" fill="#fbe9dc" />
      <rect x="14" y="22" width="36" height="8" rx="2" fill="#f6d6c0" />
      <path d="M29 22h6v30h-6Z" fill="#5a2438" />
      <path
        d="M32 22c-9 0-12-4-10-7.5 2.2-3.6 8-1 10 7.5 2-8.5 7.8-11.1 10-7.5 2 3.5-1 7.5-10 7.5Z"
        fill="none"
        stroke="#5a2438"
        strokeWidth="3"
        strokeLinejoin="round"
      />
    </>
  ),
};

export function GiftArt({ gift, size = 56, className }: { gift: string; size?: number; className?: string }) {
  const { ground, draw } = ART[gift] ?? WRAPPED;
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 64 64"
      width={size}
      height={size}
      className={cx('shrink-0 overflow-hidden rounded-full', className)}
    >
      <circle cx="32" cy="32" r="32" fill={ground} />
      {draw}
    </svg>
  );
}

interface Named {
  key: string;
  name?: Gift['name'];
}

/** What a gift is called: a community's own words, else ours. */
export function giftName({ key, name }: Named, i18n: I18n): string {
  const own = name?.[i18n.locale === 'tr' ? 'tr' : 'en'];
  if (own) return own;
  switch (key) {
    case 'tea':
      return i18n._(msg`Glass of tea`);
    case 'simit':
      return i18n._(msg`Simit`);
    case 'tulip':
      return i18n._(msg`Tulip`);
    case 'lantern':
      return i18n._(msg`Lantern`);
    case 'kilim':
      return i18n._(msg`Kilim`);
    case 'moon':
      return i18n._(msg`Moon`);
    case 'boat':
      return i18n._(msg`Sailing boat`);
    case 'cat':
      return i18n._(msg`Cat of the square`);
    default:
      return i18n._(msg`Gift`);
  }
}

export function useGiftName(): (gift: Named) => string {
  const { i18n } = useLingui();
  return (gift) => giftName(gift, i18n);
}

import type { ReactNode } from 'react';
import type { Scene } from '../api/types';

/** A picture behind the square: what is far, what is near, and the places of lit windows. */
export interface Drawing {
  readonly far: string;
  readonly near?: string;
  /** Corners, as `x,y`; a window is six wide and eight high. */
  readonly windows?: string;
  readonly water?: ReactNode;
  readonly trees?: ReactNode;
}

const PLANE_TREE = (
  <g fill="var(--leaf)">
    <path d="M166 200c4-14 3-26 1-38h8c-2 12-2 25 3 38Z" />
    <circle cx="170" cy="142" r="24" />
    <circle cx="148" cy="152" r="16" />
    <circle cx="192" cy="152" r="17" />
    <circle cx="158" cy="130" r="14" />
  </g>
);

const CYPRESSES = (
  <g fill="var(--leaf)">
    <path d="M40 196c-13-10-11-44 0-62 11 18 13 52 0 62Z" />
    <path d="M66 198c-9-8-8-34 0-48 8 14 9 40 0 48Z" />
    <path d="M330 196c-13-10-11-48 0-68 11 20 13 58 0 68Z" />
    <path d="M406 198c-10-8-9-36 0-50 9 14 10 42 0 50Z" />
  </g>
);

const BOATS = (
  <>
    <rect y="160" width="430" height="34" fill="var(--water)" />
    <path
      d="M20 170h30M150 168h44M262 172h36M390 168h30M104 180h22M236 184h30M316 182h18"
      stroke="var(--sky-low)"
      strokeWidth="1.5"
      strokeLinecap="round"
      opacity="0.5"
    />
    <g fill="var(--near)">
      <path d="M58 176h60l-9 11H68Z" />
      <path d="M86 176v-54l27 46H90v8Z" />
      <path d="M192 174h44l-7 9h-30Z" />
      <path d="M214 174v-42l-19 36h16v6Z" />
      <path d="M288 178h34l-6 8h-22Z" />
    </g>
  </>
);

const LIGHTHOUSE = 'M348 164l8-6h52l16 6v26h-76ZM376 160l4-54h12l4 54ZM377 106v-10l9-8 9 8v10Z';

/** What a community chooses among; the square itself, with its lamps and people, is the same in all. */
export const SCENES: Readonly<Record<Scene, Drawing>> = {
  old_town: {
    far: 'M0 180V140h24l18-18 18 18h26v-12h34v12l20-20 20 20h18V104h7l8-18 8 18h7v36h28l20-18 20 18h30v-12h36v12l16-16 16 16h56v40Z',
    near: 'M0 190v-34l22-20 22 20h16v-16h30v16h14l24-24 24 24h18v-14h34v14h10l20-20 20 20h22v-18h36v18h16l22-20 22 20h20v-12h34v12h4v34Z',
    windows:
      '18,162 68,150 80,150 122,158 134,158 178,152 192,152 226,160 238,160 282,148 296,148 342,160 354,160 400,154',
    trees: PLANE_TREE,
  },
  harbour: {
    far: 'M0 178V150c40-14 80-18 120-10s90 12 140-2 110-14 170 2v38Z',
    near: LIGHTHOUSE,
    windows: '383,94 362,168 402,168',
    water: BOATS,
  },
  hills: {
    far: 'M0 180v-52c50-30 90-34 140-8s90 30 150-6 100-24 140 0v66Z',
    near: 'M0 190v-30c60-22 130-20 190-4s150 10 240-14v48ZM226 158v-16l-4 2 16-16 16 16-4-2v16ZM268 160v-12l-3 2 13-13 13 13-3-2v12Z',
    windows: '232,144 242,144 275,150',
    trees: CYPRESSES,
  },
  skyline: {
    far: 'M0 180V118h26V96h22v22h20V84h28v34h16v-14h24v14h20V72h8V62h6v10h8v46h24V92h30v26h18v-8h26v8h22v-18h28v18h18V80h24v38h20v-12h42v74Z',
    near: 'M0 190v-44h34v-16h30v16h22v-28h34v28h26v-14h40v14h18v-30h32v30h30v-18h36v18h24v-26h30v26h28v-14h32v14h14v44Z',
    windows:
      '10,156 22,156 42,140 52,140 42,154 94,128 106,128 94,142 106,142 154,142 168,142 212,126 222,126 212,140 274,138 288,138 334,130 344,130 334,144 392,142 404,142',
  },
  sky: { far: 'M0 184v-6c120-6 300-6 430 0v6Z' },
  domes: {
    far: 'M-400 180V132h180v-22h80v30h110v-30h44v-16l26-16 26 16v16h34v26h40v-18h12a30 30 0 0 1 60 0h12v18h20V84h6V62l3-8 3 8v22h6v52h30v-24h50v14h44v-20h40v34h314v40Z',
    near: 'M-400 190v-34h240v-20h130v-8h76v28h40v-30h16l17-15 17 15h16v34h24v-18h54v20h40v-30h70v14h36v-8h30v22h300v30Z',
    windows: '30,142 44,142 30,156 118,132 118,146 132,146 196,150 210,150 300,136 314,136 300,150 372,146 386,160',
    trees: PLANE_TREE,
  },
};

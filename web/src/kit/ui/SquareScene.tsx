import { useId } from 'react';
import { cx } from './cx';

const PEOPLE = [
  [58, 196, 0.9],
  [142, 186, 0.7],
  [214, 200, 1],
  [292, 188, 0.75],
  [352, 204, 1.05],
] as const;
const POSTS = [
  [96, 206],
  [250, 198],
  [384, 210],
] as const;
const WINDOWS = '30,142 44,142 30,156 118,132 118,146 132,146 196,150 210,150 300,136 314,136 300,150 372,146 386,160';

/** The square in the evening: houses, a dome, a plane tree, lamps, and people who keep their distance. */
export function SquareScene({ className }: { className?: string }) {
  const id = useId();
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 430 240"
      preserveAspectRatio="xMidYMax slice"
      className={cx('block w-full', className)}
    >
      <defs>
        <linearGradient id={`${id}sky`} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="var(--sky-high)" />
          <stop offset="0.78" stopColor="var(--sky-low)" />
        </linearGradient>
        <radialGradient id={`${id}glow`}>
          <stop offset="0" stopColor="var(--lamp-bright)" stopOpacity="0.9" />
          <stop offset="0.4" stopColor="var(--lamp)" stopOpacity="0.28" />
          <stop offset="1" stopColor="var(--lamp)" stopOpacity="0" />
        </radialGradient>
      </defs>
      <rect x="-400" y="-300" width="1230" height="540" fill={`url(#${id}sky)`} />
      <path d="M344 42a17 17 0 1 0 15 25 14 14 0 0 1-15-25Z" fill="var(--moon)" />
      <path
        d="M-400 180V132h180v-22h80v30h110v-30h44v-16l26-16 26 16v16h34v26h40v-18h12a30 30 0 0 1 60 0h12v18h20V84h6V62l3-8 3 8v22h6v52h30v-24h50v14h44v-20h40v34h314v40Z"
        fill="var(--far)"
      />
      <path
        d="M-400 190v-34h240v-20h130v-8h76v28h40v-30h16l17-15 17 15h16v34h24v-18h54v20h40v-30h70v14h36v-8h30v22h300v30Z"
        fill="var(--near)"
      />
      {WINDOWS.split(' ').map((place) => {
        const [x, y] = place.split(',').map(Number);
        return <rect key={place} x={x} y={y} width="6" height="8" rx="1.5" fill="var(--lamp)" opacity="0.9" />;
      })}
      <rect x="-400" y="178" width="1230" height="70" fill="var(--stone)" />
      <path
        d="M-60 240 130 178M70 240l92-62M200 240l14-62M330 240l-64-62M470 240 318 178M-400 196H830M-400 216H830"
        stroke="var(--line)"
        strokeWidth="1"
      />
      <g fill="var(--near)">
        <path d="M166 200c4-14 3-26 1-38h8c-2 12-2 25 3 38Z" />
        <circle cx="170" cy="142" r="24" />
        <circle cx="148" cy="152" r="16" />
        <circle cx="192" cy="152" r="17" />
        <circle cx="158" cy="130" r="14" />
      </g>
      {POSTS.map(([x, y]) => (
        <g key={x}>
          <circle cx={x} cy={y - 56} r="44" fill={`url(#${id}glow)`} />
          <ellipse cx={x} cy={y + 1} rx="34" ry="6" fill={`url(#${id}glow)`} opacity="0.8" />
          <path d={`M${x} ${y}v-50`} stroke="var(--person)" strokeWidth="2.6" strokeLinecap="round" />
          <circle cx={x} cy={y - 56} r="7" fill="var(--lamp)" />
        </g>
      ))}
      {PEOPLE.map(([x, y, scale]) => (
        <g key={x} transform={`translate(${x} ${y}) scale(${scale})`} fill="var(--person)">
          <circle cy="-19" r="3.6" />
          <path d="M-4.6 0v-9.5a4.6 4.6 0 0 1 9.2 0V0Z" />
          <ellipse cy="0.6" rx="8" ry="1.4" opacity="0.35" />
        </g>
      ))}
    </svg>
  );
}

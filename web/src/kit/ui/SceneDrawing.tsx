import { useId } from 'react';
import type { Scene } from '../api/types';
import type { Sky } from '../hour';
import { cx } from './cx';
import { SCENES } from './scenes';

const PEOPLE = [
  [58, 208, 0.9],
  [142, 198, 0.7],
  [214, 212, 1],
  [292, 200, 0.75],
  [352, 216, 1.05],
] as const;
const POSTS = [
  [96, 214],
  [250, 206],
  [384, 218],
] as const;
const STARS = '40,70 84,104 132,64 188,96 232,58 276,88 388,66 412,100 20,112 322,60';

/** A square under its sky: what stands around it, lamps, and people who keep their distance. */
export function SceneDrawing({ scene, sky, className }: { scene: Scene; sky: Sky; className?: string }) {
  const id = useId();
  // A newer server may name a picture that this client does not have.
  const { far, near, windows = '', water, trees } = SCENES[scene] ?? SCENES.sky;
  return (
    <svg
      aria-hidden="true"
      data-sky={sky}
      data-scene={scene}
      viewBox="0 0 430 240"
      preserveAspectRatio="xMidYMax slice"
      className={cx('block w-full', className)}
    >
      <defs>
        <linearGradient id={`${id}sky`} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0.3" stopColor="var(--sky-high)" />
          <stop offset="0.8" stopColor="var(--sky-low)" />
        </linearGradient>
        <radialGradient id={`${id}glow`}>
          <stop offset="0" stopColor="var(--lamp-bright)" stopOpacity="0.9" />
          <stop offset="0.4" stopColor="var(--lamp)" stopOpacity="0.28" />
          <stop offset="1" stopColor="var(--lamp)" stopOpacity="0" />
        </radialGradient>
      </defs>
      <rect y="-300" width="430" height="540" fill={`url(#${id}sky)`} />
      <Heavens sky={sky} />
      <path d={far} fill="var(--far)" />
      {near ? <path d={near} fill="var(--near)" /> : null}
      {windows.split(' ').map((place) => {
        const [x, y] = place.split(',').map(Number);
        return y === undefined ? null : (
          <rect key={place} x={x} y={y} width="6" height="8" rx="1.5" fill="var(--window)" opacity="0.9" />
        );
      })}
      {water}
      <rect y={water ? 192 : 182} width="430" height="60" fill="var(--stone)" />
      <path
        d="M-60 240 110 192M70 240l84-48M200 240l12-48M330 240l-58-48M470 240 318 192M0 206H430M0 222H430"
        stroke="var(--paving)"
        strokeWidth="1"
      />
      {trees}
      {POSTS.map(([x, y]) => (
        <g key={x}>
          {sky === 'day' ? null : (
            <>
              <circle cx={x} cy={y - 56} r="44" fill={`url(#${id}glow)`} />
              <ellipse cx={x} cy={y + 1} rx="34" ry="6" fill={`url(#${id}glow)`} opacity="0.8" />
            </>
          )}
          <path d={`M${x} ${y}v-50`} stroke="var(--person)" strokeWidth="2.6" strokeLinecap="round" />
          <circle cx={x} cy={y - 56} r="7" fill="var(--bulb)" />
        </g>
      ))}
      {PEOPLE.map(([x, y, scale]) => (
        <g key={x} transform={`translate(${x} ${y}) scale(${scale})`} fill="var(--person)">
          <circle cy="-19" r="3.6" />
          <path d="M-4.6 0v-9.5a4.6 4.6 0 0 1 9.2 0V0Z" />
          <ellipse cy="0.6" rx="8" ry="1.4" opacity="0.35" />
        </g>
      ))}
      <rect y="-300" width="430" height="540" fill="var(--veil)" />
    </svg>
  );
}

/** Sun and clouds, the sun on the roofs, or moon and stars. */
function Heavens({ sky }: { sky: Sky }) {
  if (sky === 'night') {
    return (
      <g fill="var(--light)">
        <path d="M270 92a17 17 0 1 0 15 25 14 14 0 0 1-15-25Z" />
        {STARS.split(' ').map((place) => {
          const [x, y] = place.split(',').map(Number);
          return <circle key={place} cx={x} cy={y} r="1.1" opacity="0.8" />;
        })}
      </g>
    );
  }
  return (
    <>
      <circle cx="276" cy={sky === 'day' ? 96 : 122} r={sky === 'day' ? 15 : 19} fill="var(--light)" />
      <g fill="var(--cloud)">
        <path d="M66 104a10 10 0 0 1 10-10 15 15 0 0 1 28-3 11 11 0 0 1 17 13Z" />
        <path d="M206 84a8 8 0 0 1 8-8 12 12 0 0 1 22-2 9 9 0 0 1 14 10Z" />
        <path d="M356 116a8 8 0 0 1 8-8 12 12 0 0 1 22-2 9 9 0 0 1 14 10Z" />
      </g>
    </>
  );
}

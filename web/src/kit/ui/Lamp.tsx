import { useId } from 'react';
import { cx } from './cx';

/** The lamp over the square. It breathes only while we wait: nothing else in the product loops. */
export function Lamp({ breathing = false, className }: { breathing?: boolean; className?: string }) {
  const glow = useId();
  return (
    <svg aria-hidden="true" viewBox="0 0 200 206" className={cx('h-44 overflow-visible', className)}>
      <defs>
        <radialGradient id={glow}>
          <stop offset="0" stopColor="var(--lamp-bright)" stopOpacity="0.95" />
          <stop offset="0.35" stopColor="var(--lamp)" stopOpacity="0.4" />
          <stop offset="1" stopColor="var(--lamp)" stopOpacity="0" />
        </radialGradient>
      </defs>
      <circle
        cx="100"
        cy="78"
        r="98"
        fill={`url(#${glow})`}
        className={cx('origin-[100px_78px]', breathing && 'animate-breathe')}
      />
      <path d="M100 112V200" stroke="var(--ink)" strokeWidth="5" strokeLinecap="round" />
      <path d="M78 200h44" stroke="var(--ink)" strokeWidth="5" strokeLinecap="round" />
      <path d="M86 112h28" stroke="var(--ink)" strokeWidth="6" strokeLinecap="round" />
      <circle cx="100" cy="78" r="31" fill="var(--lamp)" />
      <circle cx="91" cy="69" r="11" fill="var(--lamp-bright)" />
      <path d="M88 46h24" stroke="var(--ink)" strokeWidth="5" strokeLinecap="round" />
      <path d="M100 46v-8" stroke="var(--ink)" strokeWidth="5" strokeLinecap="round" />
    </svg>
  );
}

const A_STRING = 10;

/** Today's rights: bulbs on strings across the square, which go out one by one. */
export function Festoon({ lit, total, label }: { lit: number; total: number; label: string }) {
  const strings = Math.max(1, Math.ceil(total / A_STRING));
  const each = Math.ceil(total / strings);
  return (
    <div role="img" aria-label={label} className="flex flex-col gap-1">
      {Array.from({ length: strings }, (_, row) => {
        const first = row * each;
        return (
          <BulbString
            // biome-ignore lint/suspicious/noArrayIndexKey: the strings are places, they never move
            key={row}
            count={Math.min(each, total - first)}
            lit={Math.max(0, lit - first)}
          />
        );
      })}
    </div>
  );
}

function BulbString({ count, lit }: { count: number; lit: number }) {
  const glow = useId();
  const sag = (x: number) => 6 + 15 * (1 - ((x - 160) / 160) ** 2);
  const places = Array.from({ length: count }, (_, index) => (320 / count) * (index + 0.5));
  return (
    <svg aria-hidden="true" viewBox="0 0 320 52" className="w-full overflow-visible">
      <defs>
        <radialGradient id={glow}>
          <stop offset="0" stopColor="var(--lamp-bright)" stopOpacity="0.85" />
          <stop offset="1" stopColor="var(--lamp)" stopOpacity="0" />
        </radialGradient>
      </defs>
      <path d="M0 6Q160 36 320 6" fill="none" stroke="var(--line-strong)" strokeWidth="1.5" />
      {places.map((x, index) => {
        const y = sag(x);
        const on = index < lit;
        return (
          <g key={x} className="transition-opacity duration-320">
            {on ? <circle cx={x} cy={y + 14} r="17" fill={`url(#${glow})`} /> : null}
            <path d={`M${x} ${y - 1}v7`} stroke="var(--ink-soft)" strokeWidth="4" strokeLinecap="round" />
            <circle
              cx={x}
              cy={y + 14}
              r="7.5"
              fill={on ? 'var(--lamp)' : 'var(--ground-deep)'}
              stroke={on ? 'var(--lamp)' : 'var(--line-strong)'}
              strokeWidth="1.5"
            />
          </g>
        );
      })}
    </svg>
  );
}

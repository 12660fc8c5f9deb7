import { useId } from 'react';
import { cx } from './cx';
import { lampsOf } from './lamps';

/** The lamp over the square. It breathes only while we wait: nothing else in the product loops. */
export function Lamp({ breathing = false, className }: { breathing?: boolean; className?: string }) {
  const glow = useId();
  return (
    <svg aria-hidden="true" viewBox="0 0 200 206" className={cx('h-44 max-w-full overflow-visible', className)}>
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

/** Today's rights: bulbs on a string across the square, which go out one by one. As high for fifty as for three. */
export function Festoon({ left, limit, label }: { left: number; limit: number; label: string }) {
  const { bulbs, lit, beyond } = lampsOf(left, limit);
  return (
    <div role="img" aria-label={label} className="flex h-12 items-center gap-3 sm:h-16">
      <BulbString count={bulbs} lit={lit} />
      {beyond > 0 ? (
        <span
          aria-hidden="true"
          className="shrink-0 rounded-full bg-lamp-soft px-3 py-0.5 font-bold font-display text-lamp-text text-lg tabular-nums"
        >
          +{beyond}
        </span>
      ) : null}
    </div>
  );
}

function BulbString({ count, lit }: { count: number; lit: number }) {
  const glow = useId();
  const sag = (x: number) => 6 + 15 * (1 - ((x - 160) / 160) ** 2);
  const places = Array.from({ length: count }, (_, index) => (320 / count) * (index + 0.5));
  return (
    <svg aria-hidden="true" viewBox="0 0 320 52" className="h-full min-w-0 flex-1 overflow-visible">
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

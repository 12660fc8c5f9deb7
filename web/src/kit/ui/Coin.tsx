import { Plural } from '@lingui/react/macro';
import { cx } from './cx';

/** A coin of the square: a star as on its tiles, struck in lamplight. */
export function Coin({ className }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 24 24" className={cx('size-5 shrink-0', className)}>
      <circle cx="12" cy="12" r="11.5" fill="var(--lamp)" />
      <circle cx="12" cy="12" r="9.3" fill="none" stroke="var(--lamp-ink)" strokeOpacity="0.45" strokeWidth="1" />
      <g fill="var(--lamp-ink)">
        <rect x="8.4" y="8.4" width="7.2" height="7.2" />
        <rect x="8.4" y="8.4" width="7.2" height="7.2" transform="rotate(45 12 12)" />
      </g>
      <circle cx="12" cy="12" r="2.1" fill="var(--lamp)" />
    </svg>
  );
}

/** "1,250 coins", exactly. */
export function Coins({ amount, className }: { amount: number; className?: string }) {
  return (
    <span className={cx('tabular-nums', className)}>
      <Plural value={amount} one="# coin" other="# coins" />
    </span>
  );
}

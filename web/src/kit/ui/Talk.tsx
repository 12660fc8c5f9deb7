import type { ReactNode } from 'react';
import { cx } from './cx';

/** The shape and ground of something said: one's own at the right, the stranger's at the left. */
export const speechBubble = (mine: boolean) =>
  cx(
    'rounded-card px-3.5 py-2',
    mine ? 'rounded-br-[4px] bg-mine' : 'rounded-bl-[4px] border border-[var(--hairline)] bg-card shadow-card',
  );

export function SpeechBubble({ mine, children }: { mine: boolean; children: ReactNode }) {
  return (
    <div dir="auto" className={cx('max-w-[85%] [overflow-wrap:anywhere]', speechBubble(mine))}>
      {children}
    </div>
  );
}

/** The share of a talk's time that is left, as a line that grows shorter. */
export const TimeLeft = ({ share }: { share: number }) => (
  <div className="h-full bg-lamp transition-[width] duration-320" style={{ width: `${share * 100}%` }} />
);

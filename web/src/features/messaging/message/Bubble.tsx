import type { HTMLAttributes, ReactNode } from 'react';
import { isFewEmoji } from '../../../kit/emoji';
import { cx } from '../../../kit/ui';
import type { TextRecord } from '../crypto/records';
import { Words } from './Words';

interface Props extends HTMLAttributes<HTMLDivElement> {
  text: TextRecord;
  /** What it answers, above its words. */
  quote?: ReactNode;
}

export function Bubble({ text, quote, className, ...rest }: Props) {
  const isPicture = !quote && isFewEmoji(text.body.trim());
  return (
    <div
      {...rest}
      className={cx(
        'min-w-0 max-w-[85%] [overflow-wrap:anywhere]',
        isPicture ? 'px-1 text-2xl' : 'rounded-card px-3.5 py-2',
        !isPicture && (text.mine ? 'rounded-br-[4px] bg-mine' : 'rounded-bl-[4px] bg-card shadow-card'),
        !isPicture && !text.mine && 'border border-[var(--hairline)]',
        text.state === 'failed' && 'opacity-80',
        className,
      )}
    >
      {quote}
      <div dir="auto" className="overflow-clip whitespace-pre-wrap break-words [overflow-clip-margin:6px]">
        <Words body={text.body} />
      </div>
    </div>
  );
}

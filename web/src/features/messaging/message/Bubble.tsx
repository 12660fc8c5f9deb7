import type { HTMLAttributes, ReactNode } from 'react';
import { isFewEmoji } from '../../../kit/emoji';
import { cx, speechBubble } from '../../../kit/ui';
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
        isPicture ? 'px-1 text-2xl' : speechBubble(text.mine),
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

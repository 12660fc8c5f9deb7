import { useLingui } from '@lingui/react/macro';
import { cx } from '../../../kit/ui';
import type { TextRecord } from '../crypto/records';
import type { Reactions } from '../reactions';
import { useTalk } from './talk-view';

/** What the two felt about a message, under it. A press joins, or takes one's own back. */
export function Chips({ text, reactions }: { text: TextRecord; reactions: Reactions | undefined }) {
  const { t } = useLingui();
  const { conversation, isOpen, react } = useTalk();
  const { mine, theirs } = reactions ?? {};
  const shown = [...new Set([theirs, mine])].filter((emoji) => emoji !== undefined);
  if (shown.length === 0) return null;
  const alias = conversation.peer.alias;
  const labelOf = (emoji: string) => {
    if (emoji !== mine) return t`${emoji} from ${alias}`;
    return emoji === theirs ? t`${emoji} from both of you` : t`${emoji} from you`;
  };
  return (
    <fieldset aria-label={t`Reactions`} className="-mt-1 z-[1] mx-2 flex gap-1">
      {shown.map((emoji) => (
        <button
          key={emoji}
          type="button"
          aria-label={labelOf(emoji)}
          aria-pressed={emoji === mine}
          title={labelOf(emoji)}
          disabled={!isOpen}
          onClick={() => react(text, emoji === mine ? '' : emoji)}
          className={cx(
            'relative inline-flex min-h-8 min-w-10 animate-appear items-center justify-center gap-1 rounded-full border px-2',
            'after:absolute after:-inset-x-0.5 after:-inset-y-1.5',
            emoji === mine ? 'border-lamp-text bg-lamp-soft' : 'border-line bg-card',
          )}
        >
          <span aria-hidden="true">{emoji}</span>
          {mine === theirs ? (
            <span aria-hidden="true" className="text-sm">
              2
            </span>
          ) : null}
        </button>
      ))}
    </fieldset>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Copy, Ellipsis, Reply } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { cx, IconButton, Menu, MenuChoice, MenuItem, toast } from '../../../kit/ui';
import type { TextRecord } from '../crypto/records';
import { Bubble } from './Bubble';
import { Chips } from './Chips';
import { useLongPress } from './long-press';
import { Quote } from './Quote';
import { useTalk } from './talk-view';

const EMOJI = ['❤️', '👍', '👎', '😂', '😮', '😢', '🙏', '🔥', '👏', '🎉', '🤔', '☕'] as const;

/** A message with what was answered and felt about it, and what one can do with it. */
export function Message({ text }: { text: TextRecord }) {
  const { since, target, reactions } = useTalk();
  const [open, setOpen] = useState(false);
  const line = useRef<HTMLDivElement>(null);
  const press = useLongPress(() => setOpen(true));
  const isTarget = target?.id === text.id;
  const count = isTarget ? target.count : 0;

  useEffect(() => {
    if (count === 0) return;
    line.current?.scrollIntoView({ block: 'center' });
    line.current?.focus({ preventScroll: true });
  }, [count]);

  return (
    <div
      ref={line}
      tabIndex={-1}
      className={cx('group/line flex w-full flex-col rounded-card', text.mine ? 'items-end' : 'items-start')}
    >
      <div className={cx('flex w-full items-center', text.mine && 'flex-row-reverse')}>
        <Bubble
          {...press}
          key={count}
          text={text}
          quote={text.what.kind === 'text' && text.what.replyTo ? <Quote id={text.what.replyTo} /> : null}
          className={cx(
            'pointer-coarse:select-none [-webkit-touch-callout:none]',
            count > 0 ? 'animate-found' : Date.parse(text.at) > since && 'animate-arrive',
          )}
        />
        <Actions text={text} open={open} onOpenChange={setOpen} />
      </div>
      <Chips text={text} reactions={reactions.get(text.id)} />
    </div>
  );
}

function Actions({
  text,
  open,
  onOpenChange,
}: {
  text: TextRecord;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const { t } = useLingui();
  const { isOpen, reactions, react, reply } = useTalk();
  const replies = useRef(false);
  const canAnswer = isOpen && text.state === 'sent' && !text.lost;
  const mine = reactions.get(text.id)?.mine;

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text.body);
      toast(t`Copied.`);
    } catch {
      toast(t`The browser did not let us copy.`, { kind: 'fault' });
    }
  };
  return (
    <Menu
      open={open}
      onOpenChange={onOpenChange}
      align={text.mine ? 'end' : 'start'}
      onLeave={() => {
        if (!replies.current) return false;
        replies.current = false;
        reply(text); // which takes the focus to the field
        return true;
      }}
      trigger={
        <IconButton
          label={t`What to do with this message`}
          className="-my-1 text-soft opacity-0 focus-visible:opacity-100 focus-visible:-outline-offset-3 group-hover/line:opacity-100 aria-expanded:opacity-100"
        >
          <Ellipsis aria-hidden />
        </IconButton>
      }
    >
      {canAnswer ? (
        <>
          <MenuChoice
            label={t`React`}
            value={mine}
            values={EMOJI}
            onChoose={(emoji) => react(text, emoji === mine ? '' : emoji)}
          />
          <MenuItem
            icon={<Reply aria-hidden />}
            onSelect={() => {
              replies.current = true;
            }}
          >
            <Trans>Reply</Trans>
          </MenuItem>
        </>
      ) : null}
      <MenuItem icon={<Copy aria-hidden />} onSelect={() => void copy()}>
        <Trans>Copy</Trans>
      </MenuItem>
    </Menu>
  );
}

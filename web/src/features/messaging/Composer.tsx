import { Trans, useLingui } from '@lingui/react/macro';
import { Gift, SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from 'react';
import type { Conversation } from '../../kit/api/types';
import { sayTyping } from '../../kit/realtime';
import { cx, Excess, excessOf, IconButton, inputLook, isComposing, toast } from '../../kit/ui';
import { GiftSheet } from '../gifts';
import type { TextRecord } from './crypto/records';
import { sync } from './letterbox';
import { Answering } from './message/Answering';
import { useLetterbox } from './store';

const LONGEST = 4000;
const SAY_AGAIN = 3000;
const STILL_AFTER = 4000;

/** What was begun and not sent, while the page lives; nothing unsent is written to the disk in the clear. */
const drafts = new Map<string, string>();

/** Enter sends where there is a keyboard; on a phone it begins a line. */
const hasKeyboard = () => matchMedia('(hover: hover) and (pointer: fine)').matches;

interface Props {
  conversation: Conversation;
  disabled: boolean;
  /** The message that the next one answers. */
  answered: { readonly id: string; readonly text: TextRecord | undefined } | null;
  onAnswered: () => void;
  field: RefObject<HTMLTextAreaElement | null>;
}

export function Composer({ conversation, disabled, answered, onAnswered, field }: Props) {
  const { t } = useLingui();
  const id = useId();
  const client = useLetterbox((state) => state.client);
  const [text, setText] = useState(drafts.get(conversation.id) ?? '');
  const { typed, stopped } = useTyping(conversation.id);
  const [giving, setGiving] = useState(false);
  const excess = excessOf(text, LONGEST);
  const ready = client !== null && !disabled && excess === 0;

  useEffect(() => {
    drafts.set(conversation.id, text);
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight + 2, 160)}px`;
  }, [conversation.id, text, field]);

  useEffect(() => {
    // Who comes with a keyboard can write at once; whoever does something else already is left with it.
    if (hasKeyboard() && !isBusyElsewhere()) field.current?.focus({ preventScroll: true });
  }, [field]);

  const send = async () => {
    const body = text.trim();
    if (!body || client === null || excess > 0) return;
    setText(''); // at once: what is typed from now on belongs to the next one
    onAnswered();
    stopped();
    field.current?.focus();
    try {
      await client.conversations.write(conversation.id, body, answered?.id);
      sync(conversation.id, 'nothing');
    } catch (error) {
      setText((since) => [body, since].filter(Boolean).join('\n'));
      toast(t`The browser could not keep this. Make room on the device and send it again.`, { kind: 'fault' });
      reportError(error);
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && answered && !isComposing(event)) onAnswered();
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event) || !hasKeyboard()) return;
    event.preventDefault();
    void send();
  };

  return (
    <>
      <div className="@container shrink-0 border-line border-t bg-card pb-[env(safe-area-inset-bottom)]">
        {excess > 0 ? (
          <p
            id={`${id}-excess`}
            role="alert"
            className="mx-auto w-full max-w-[560px] px-4 pt-3 text-sm text-terracotta"
          >
            <Excess count={excess} />
          </p>
        ) : null}
        {answered ? <Answering text={answered.text} alias={conversation.peer.alias} onCancel={onAnswered} /> : null}
        {/* Letters so large that the line would have no room left: the field stands above its buttons. */}
        <div className="mx-auto flex w-full max-w-[560px] @[16rem]:flex-nowrap flex-wrap items-end gap-2 py-3 pr-4 pl-2">
          <IconButton label={t`Give something`} className="mb-0.5" onClick={() => setGiving(true)}>
            <Gift aria-hidden />
          </IconButton>
          <label htmlFor={id} className="sr-only">
            <Trans>Message to {conversation.peer.alias}</Trans>
          </label>
          <textarea
            ref={field}
            id={id}
            rows={1}
            value={text}
            aria-invalid={excess > 0 || undefined}
            aria-describedby={excess > 0 ? `${id}-excess` : undefined}
            placeholder={t`Write something`}
            enterKeyHint={hasKeyboard() ? 'send' : 'enter'}
            autoComplete="off"
            disabled={disabled}
            onChange={(event) => {
              setText(event.target.value);
              if (event.target.value.trim()) typed();
              else stopped();
            }}
            onBlur={stopped}
            onKeyDown={onKeyDown}
            className={cx(inputLook, 'order-first @[16rem]:order-none max-h-40 resize-none overflow-y-auto')}
          />
          <button
            type="button"
            onClick={() => void send()}
            aria-label={t`Send`}
            title={t`Send`}
            disabled={!ready || !text.trim()}
            className="ml-auto inline-flex size-12 shrink-0 items-center justify-center rounded-full bg-lamp text-lamp-ink transition-colors duration-160 hover:bg-lamp-bright disabled:opacity-55"
          >
            <SendHorizontal aria-hidden className="size-5.5" />
          </button>
        </div>
      </div>
      <GiftSheet open={giving} onClose={() => setGiving(false)} receiver={conversation.peer} />
    </>
  );
}

/** In a field, a dialog or a menu. Links and headings are where one came from. */
function isBusyElsewhere(): boolean {
  const at = document.activeElement;
  return document.querySelector('dialog[open]') !== null || (at?.matches('input, textarea, select, [role]') ?? false);
}

/** Says that one is writing, now and then while it lasts, and when it ends. */
function useTyping(conversationId: string) {
  const said = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stopped = () => {
    clearTimeout(timer.current);
    if (said.current === 0) return;
    said.current = 0;
    sayTyping(conversationId, false);
  };
  const typed = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(stopped, STILL_AFTER);
    if (said.current !== 0 && performance.now() - said.current < SAY_AGAIN) return;
    said.current = performance.now();
    sayTyping(conversationId, true);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return { typed, stopped };
}

// @vitest-environment jsdom
import { I18nProvider } from '@lingui/react';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Conversation } from '../../../kit/api/types';
import { i18n } from '../../../kit/i18n';
import type { TextRecord } from '../crypto/records';
import { messages } from '../locales/en.po';
import { saidIn } from '../reactions';
import { Message } from './Message';
import { TalkContext, type TalkView } from './talk-view';

const conversation = { id: 'c', peer: { alias: 'gece\u202ekusu' } } as unknown as Conversation;
const record = (id: string, body: string, over: Partial<TextRecord> = {}): TextRecord => ({
  id,
  conversationId: 'c',
  seq: 1,
  order: 0,
  mine: false,
  at: '2026-05-01T20:00:01Z',
  body,
  state: 'sent',
  what: { kind: 'text' },
  sealed: null,
  ...over,
});

/** One message as it stands in a talk of these records. */
function show(text: TextRecord, others: TextRecord[] = [], over: Partial<TalkView> = {}) {
  const { lines, reactions } = saidIn([text, ...others]);
  const view: TalkView = {
    conversation,
    isOpen: true,
    lines: new Map(lines.map((line) => [line.id, line])),
    reactions,
    since: Number.POSITIVE_INFINITY,
    target: null,
    reply: vi.fn(),
    react: vi.fn(),
    jump: vi.fn(),
    ...over,
  };
  render(
    <I18nProvider i18n={i18n}>
      <TalkContext value={view}>
        <Message text={text} />
      </TalkContext>
    </I18nProvider>,
  );
  return view;
}

beforeAll(() => {
  i18n.load('en', messages);
  i18n.activate('en');
  HTMLDialogElement.prototype.showModal = vi.fn(); // jsdom has none
});
afterEach(cleanup);

describe('a message', () => {
  it('that answers another leads to it', () => {
    const first = record('first', 'which lamp');
    const { jump } = show(record('a', 'that one', { what: { kind: 'text', replyTo: 'first' } }), [first]);
    fireEvent.click(screen.getByRole('button', { name: /^In answer to.*which lamp/s }));
    expect(jump).toHaveBeenCalledWith('first');
  });

  it('that answers what is gone, or cannot be read, says so', () => {
    const what = { kind: 'text', replyTo: 'first' } as const;
    show(record('a', 'that one', { what }));
    expect(screen.getByText('The message that this answers is not here.')).toBeTruthy();
    cleanup();
    const closed = record('first', '', { what: { kind: 'unreadable', why: 'before_joining' } });
    show(record('a', 'that one', { what }), [closed]);
    expect(screen.getByText('A message that this browser cannot open')).toBeTruthy();
  });

  it('shows a name that turns the direction of writing apart from the words around it', () => {
    show(record('a', 'x', { what: { kind: 'text', replyTo: 'b' } }), [record('b', 'y \u202e z')]);
    for (const part of ['gece\u202ekusu', 'y \u202e z']) {
      expect(screen.getByText((_, element) => element?.textContent === part && element.tagName === 'BDI')).toBeTruthy();
    }
  });

  it('has links that open elsewhere, know nothing of the page, and are asked about first', () => {
    show(record('a', 'https://lamp.example/x javascript:alert(1)'));
    const link = screen.getByRole('link');
    expect(screen.getAllByRole('link')).toHaveLength(1);
    expect([link.getAttribute('rel'), link.getAttribute('target')]).toEqual(['noopener noreferrer', '_blank']);
    expect(fireEvent.click(link)).toBe(false); // held back
  });

  it('joins a reaction, and takes its own back', () => {
    const reaction = (id: string, mine: boolean, seq: number) =>
      record(id, '👍', { mine, seq, what: { kind: 'reaction', to: 'a' } });
    const text = record('a', 'x');
    const { react } = show(text, [reaction('r', false, 2)]);
    fireEvent.click(screen.getByRole('button', { name: /^👍 from gece/ }));
    expect(react).toHaveBeenLastCalledWith(text, '👍');
    cleanup();
    const again = show(text, [reaction('r', false, 2), reaction('s', true, 3)]);
    fireEvent.click(screen.getByRole('button', { name: '👍 from both of you' }));
    expect(again.react).toHaveBeenLastCalledWith(text, '');
  });

  it('is large where it is one to three emoji, and said to be empty where nothing shows', () => {
    show(record('a', '👍🏽 ❤️'));
    expect(screen.getByText('👍🏽 ❤️').closest('.text-2xl')).toBeTruthy();
    cleanup();
    show(record('a', '\u202e\u200b'));
    expect(screen.getByText('An empty message')).toBeTruthy();
  });
});

// @vitest-environment jsdom
import { I18nProvider } from '@lingui/react';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NoAnswer, Refused } from './api/errors';
import { Form, type FormOptions, useForm } from './form';
import { i18n } from './i18n';
import { Button, Fault, Field, RadioList } from './ui';

interface Values {
  kind: 'cat' | 'dog' | '';
  name: string;
  note: string;
}

type Options = Partial<FormOptions<Values, void>>;

beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  ); // jsdom lays nothing out
  i18n.load('en', {});
  i18n.activate('en');
});
afterEach(cleanup);

const EMPTY: Values = { kind: '', name: '', note: '' };

const words = (error: unknown) => (error instanceof Refused ? error.code : 'no answer');

function Animal(options: Options) {
  const form = useForm<Values, void>({
    initial: EMPTY,
    rules: {
      kind: (kind) => !kind && 'Choose a kind.',
      name: (name) => !name.trim() && 'Give it a name.',
    },
    limits: { note: 5 },
    refusals: { name: ['name_taken'] },
    words,
    send: async () => {},
    ...(options as object),
  });
  return (
    <Form form={form} className="animal">
      <RadioList
        label="Kind"
        {...form.choice('kind')}
        options={[
          { value: 'cat', words: 'Cat' },
          { value: 'dog', words: 'Dog' },
        ]}
      />
      <Field label="Name" {...form.field('name')} />
      <Field label="Note" {...form.field('note')} />
      <Fault>{form.fault}</Fault>
      <Button type="submit" busy={form.busy}>
        Send
      </Button>
    </Form>
  );
}

const show = (options: Options) =>
  render(
    <I18nProvider i18n={i18n}>
      <Animal {...options} />
    </I18nProvider>,
  );
const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name);
const type = (name: string, value: string) => fireEvent.change(field(name), { target: { value } });
const send = () => fireEvent.submit(document.getElementsByClassName('animal')[0] as Element);
const described = (element: HTMLElement) =>
  (element.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent);

it('says what is wrong when it is sent, at each field, and from then on while one types', () => {
  let sent = 0;
  show({ send: async () => void sent++ });
  type('Name', ' ');
  expect(screen.queryByText('Give it a name.')).toBeNull();
  send();
  expect(sent).toBe(0);
  expect(field('Name').getAttribute('aria-invalid')).toBe('true');
  expect(described(field('Name'))).toContain('Give it a name.');
  type('Name', 'Tom');
  expect(field('Name').getAttribute('aria-invalid')).toBeNull();
  type('Name', '');
  expect(described(field('Name'))).toContain('Give it a name.');
});

it('brings the person to the first fault, whatever part it is', () => {
  show({});
  send();
  expect(document.activeElement).toBe(screen.getByRole('radio', { name: 'Cat' }));
  fireEvent.click(screen.getByRole('radio', { name: 'Dog' }));
  send();
  expect(document.activeElement).toBe(field('Name'));
  type('Name', 'Rex');
  type('Note', 'longer than five');
  send();
  expect(document.activeElement).toBe(field('Note'));
});

it('sends once, however often it is pressed meanwhile, and then again', async () => {
  const ends: (() => void)[] = [];
  show({ initial: { ...EMPTY, kind: 'cat', name: 'Tom' }, send: () => new Promise((done) => ends.push(done)) });
  send();
  send();
  fireEvent.click(screen.getByRole('button'));
  expect(ends).toHaveLength(1);
  expect(screen.getByRole('button').getAttribute('aria-busy')).toBe('true');
  await act(async () => ends[0]?.());
  send();
  expect(ends).toHaveLength(2);
});

it('shows a refusal at its field, keeps all that was typed, and takes it back when that field changes', async () => {
  show({
    initial: { ...EMPTY, kind: 'cat', name: 'Tom' },
    send: () => Promise.reject(new Refused('name_taken', 409, {})),
  });
  type('Note', 'soft');
  send();
  await waitFor(() => expect(described(field('Name'))).toContain('name_taken'));
  expect(document.activeElement).toBe(field('Name'));
  expect([field('Name').value, field('Note').value]).toEqual(['Tom', 'soft']);
  expect(screen.getAllByRole('alert')).toHaveLength(1);
  type('Note', 'grey');
  expect(described(field('Name'))).toContain('name_taken');
  type('Name', 'Tim');
  expect(screen.queryByRole('alert')).toBeNull();
});

it('brings the person to the field again when the next value is refused too', async () => {
  show({
    initial: { ...EMPTY, kind: 'cat', name: 'Tom' },
    send: () => Promise.reject(new Refused('name_taken', 409, {})),
  });
  for (const _ of ['once', 'twice']) {
    screen.getByRole('button').focus();
    send();
    await waitFor(() => expect(document.activeElement).toBe(field('Name')));
  }
});

it.each([
  ['a refusal of no field', new Refused('too_busy', 503, {}), 'too_busy'],
  ['no answer', new NoAnswer(null), 'no answer'],
])('shows %s above the button', async (_, fault, said) => {
  let faults = 1;
  show({
    initial: { ...EMPTY, kind: 'cat', name: 'Tom' },
    send: async () => {
      if (faults-- > 0) throw fault;
    },
  });
  send();
  expect((await screen.findByRole('alert')).textContent).toBe(said);
  expect(field('Name').getAttribute('aria-invalid')).toBeNull();
  send();
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
});

it('lets an input method have its Enter', () => {
  show({});
  const passed = (init: KeyboardEventInit) => fireEvent.keyDown(field('Name'), { key: 'Enter', ...init });
  expect(passed({ isComposing: true })).toBe(false);
  expect(passed({ keyCode: 229 }), 'Safari').toBe(false);
  expect(passed({ keyCode: 13 })).toBe(true);
});

it('goes on only where it still stands', async () => {
  const done: string[] = [];
  let end = () => {};
  const { unmount } = show({
    initial: { ...EMPTY, kind: 'cat', name: 'Tom' },
    send: () =>
      new Promise((resolve) => {
        end = resolve;
      }),
    onSent: () => done.push('sent'),
  });
  send();
  unmount();
  await act(async () => end());
  expect(done).toEqual([]);
});

it('begins with the fault that led back to it', () => {
  show({ initial: { ...EMPTY, name: 'Tom' }, error: new Refused('name_taken', 409, {}) });
  expect(described(field('Name'))).toContain('name_taken');
  expect(document.activeElement).toBe(field('Name'));
});

it('says at once what a live rule finds', () => {
  show({ liveRules: { name: (name) => name.includes('x') && 'No x.' } });
  type('Name', 'Rex');
  expect(described(field('Name'))).toContain('No x.');
});

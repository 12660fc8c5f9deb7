// @vitest-environment jsdom

import { I18nProvider } from '@lingui/react';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { type ReactNode, useState } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { i18n } from '../i18n';
import { tileNumber } from './Avatar';
import { ageOn, isoDate } from './BirthDateField';
import { Button } from './Button';
import { CodeField, digitsOf } from './CodeField';
import { Switch } from './Switch';
import { minutesAndSeconds, relative } from './time';

beforeEach(() => {
  i18n.load('en', {});
  i18n.activate('en');
});
afterEach(cleanup);

const show = (part: ReactNode) => render(<I18nProvider i18n={i18n}>{part}</I18nProvider>);

describe('a button at work', () => {
  it('does nothing on a second click, and says that it works', () => {
    let clicks = 0;
    function Once() {
      const [busy, setBusy] = useState(false);
      return (
        <Button
          busy={busy}
          onClick={() => {
            clicks += 1;
            setBusy(true);
          }}
        >
          Meet
        </Button>
      );
    }
    show(<Once />);
    const button = screen.getByRole('button', { name: 'Meet' });
    fireEvent.click(button);
    fireEvent.click(button);
    expect(clicks).toBe(1);
    expect(button.getAttribute('aria-busy')).toBe('true');
  });
});

describe('a switch', () => {
  it('says its state and its hint, and hands over the other state', () => {
    const wanted: boolean[] = [];
    show(<Switch label="Sound" hint="In this browser" checked onChange={(on) => wanted.push(on)} />);
    const element = screen.getByRole<HTMLInputElement>('switch', { name: /Sound/ });
    expect(element.checked).toBe(true);
    expect(document.getElementById(element.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
      'In this browser',
    );
    fireEvent.click(element);
    expect(wanted).toEqual([false]);
  });
});

describe('the code', () => {
  function Code({ onComplete }: { onComplete: (code: string) => void }) {
    const [value, setValue] = useState('');
    return <CodeField label="Code" value={value} onChange={setValue} onComplete={onComplete} />;
  }

  it('is sent once when its last digit is typed', () => {
    const sent: string[] = [];
    show(<Code onComplete={(code) => sent.push(code)} />);
    const input = screen.getByLabelText('Code');
    for (const typed of ['1', '12', '123', '1234', '12345', '123456'])
      fireEvent.change(input, { target: { value: typed } });
    expect(sent).toEqual(['123456']);
  });

  it('may be pasted out of a sentence', () => {
    const sent: string[] = [];
    show(<Code onComplete={(code) => sent.push(code)} />);
    fireEvent.change(screen.getByLabelText('Code'), { target: { value: 'Your code: 987 654.' } });
    expect(sent).toEqual(['987654']);
    expect(digitsOf('12 34 56 78', 6)).toBe('123456');
  });
});

describe('a birth date', () => {
  it('is a real day or nothing', () => {
    expect(isoDate({ day: '5', month: '2', year: '1990' })).toBe('1990-02-05');
    expect(isoDate({ day: '31', month: '2', year: '1990' })).toBeNull();
    expect(isoDate({ day: '29', month: '2', year: '2000' })).toBe('2000-02-29');
    expect(isoDate({ day: '', month: '2', year: '1990' })).toBeNull();
  });

  it('makes one adult on the very day', () => {
    expect(ageOn('2008-11-21', new Date('2026-11-20T23:59:00Z'))).toBe(17);
    expect(ageOn('2008-11-21', new Date('2026-11-21T00:00:00Z'))).toBe(18);
  });
});

describe('time in words', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  it('is relative, in the language of the person', () => {
    expect(relative('en', new Date('2026-11-21T11:15:00Z'), now)).toBe('45 minutes ago');
    expect(relative('tr', new Date('2026-11-20T11:00:00Z'), now)).toBe('dün');
    expect(relative('en', new Date('2026-11-21T11:59:50Z'), now)).toBe('now');
  });

  it('counts honest seconds', () => {
    expect(minutesAndSeconds(9.9)).toBe('0:09');
    expect(minutesAndSeconds(754)).toBe('12:34');
    expect(minutesAndSeconds(-3)).toBe('0:00');
  });
});

describe('a drawn tile', () => {
  it('is the same for the same seed, and differs between seeds', () => {
    expect(tileNumber('kediadam')).toBe(tileNumber('kediadam'));
    const tiles = new Set(Array.from({ length: 200 }, (_, index) => tileNumber(`seed${index}`) % 48));
    expect(tiles.size).toBeGreaterThan(40);
  });
});

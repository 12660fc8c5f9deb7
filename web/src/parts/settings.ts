import type { Language } from '../kit/language';

/** How the page of parts is looked at; it stands in the address, so that a picture can be taken again. */
export interface Settings {
  readonly language: Language;
  readonly ground: 'day' | 'night';
  readonly face: 'real' | 'shadow';
  readonly text: '100' | '200';
  /** One state alone, as `Part/state`. */
  readonly alone: string | null;
}

const oneOf = <Value extends string>(text: string | null, [first, ...others]: readonly [Value, ...Value[]]): Value =>
  others.find((value) => value === text) ?? first;

export function settingsOf(search: string): Settings {
  const asked = new URLSearchParams(search);
  return {
    language: oneOf(asked.get('language'), ['tr', 'en']),
    ground: oneOf(asked.get('ground'), ['day', 'night']),
    face: oneOf(asked.get('face'), ['real', 'shadow']),
    text: oneOf(asked.get('text'), ['100', '200']),
    alone: asked.get('alone'),
  };
}

export function addressOf(settings: Settings, change: Partial<Settings>): string {
  const { alone, ...rest } = { ...settings, ...change };
  return `?${new URLSearchParams({ ...rest, ...(alone ? { alone } : {}) })}`;
}

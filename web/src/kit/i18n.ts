import { I18n, type MessageDescriptor, type MessageOptions } from '@lingui/core';

/** Stands for a backslash of a value; no text of a person holds this noncharacter. */
const BACKSLASH = '\uFDD0';

type Values = Record<string, unknown> | undefined;

const hidden = (values: Values): Values =>
  values &&
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll('\\', BACKSLASH) : value,
    ]),
  );

/** The library decodes escape sequences in a whole sentence, with the values in it; here a value stays as it is. */
export class TextI18n extends I18n {
  override _(id: MessageDescriptor | string, values?: Values, options?: MessageOptions): string {
    const sentence =
      typeof id === 'string'
        ? super._(id, hidden(values), options)
        : super._({ ...id, values: hidden(id.values ?? values) });
    return sentence.replaceAll(BACKSLASH, '\\');
  }
}

export const i18n: I18n = new TextI18n({});

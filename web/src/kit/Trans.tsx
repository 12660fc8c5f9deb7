import { Trans as Sentence, type TransProps } from '@lingui/react';
import { createElement, Fragment } from 'react';

/**
 * A sentence with parts, as the macro of the same name writes it (`runtimeConfigModule` in lingui.config.ts). The library
 * looks for its tags in the whole sentence, with the values in it; a text that could hold one becomes a part of its own.
 */
export function Trans({ values, ...rest }: TransProps) {
  const texts =
    values &&
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'string' && value.includes('<') ? createElement(Fragment, null, value) : value,
      ]),
    );
  return <Sentence values={texts} {...rest} />;
}

// @vitest-environment jsdom
import { I18nProvider } from '@lingui/react';
import { Trans, useLingui } from '@lingui/react/macro';
import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { i18n } from './i18n';

afterEach(cleanup);

const TEXTS = ['<0>x</0>', '<0/>', '</0>', '&amp;', '{name}', '\\u0041\\x3c0>x', 'a < b > c', "it''s", '#'];

function Parted({ name, count }: { name: string; count: number }) {
  return (
    <p>
      <Trans>
        From <b>{name}</b>, {count} times: {name}
      </Trans>
    </p>
  );
}

function Plain({ name }: { name: string }) {
  const { t } = useLingui();
  return <p>{t`From ${name}`}</p>;
}

describe('a text of a person in a translated sentence', () => {
  it.each(TEXTS)('stays as it is: %s', (name) => {
    i18n.load('en', {});
    i18n.activate('en');
    const fault = vi.spyOn(console, 'error');
    const { container } = render(
      <I18nProvider i18n={i18n}>
        <Parted name={name} count={2} />
        <Plain name={name} />
      </I18nProvider>,
    );
    const [parted, plain] = container.querySelectorAll('p');
    expect(parted?.textContent).toBe(`From ${name}, 2 times: ${name}`);
    expect(parted?.querySelectorAll('b')).toHaveLength(1);
    expect(parted?.querySelector('b')?.textContent).toBe(name);
    expect(plain?.textContent).toBe(`From ${name}`);
    expect(fault).not.toHaveBeenCalled();
  });
});

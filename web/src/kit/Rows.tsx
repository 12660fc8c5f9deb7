import { useLingui } from '@lingui/react';
import { Suspense } from 'react';
import { useMe } from './api/session';
import { type Row, rowsOf } from './room';
import { LinkRow } from './ui';

/** The rows that rooms declared for a list, for the role of the person. */
export function Rows({ list }: { list: Row['list'] }) {
  const { i18n } = useLingui();
  const { role } = useMe();
  return rowsOf(list, role).map(({ to, icon, title, Words }) => (
    <LinkRow
      key={String(to)}
      to={to}
      icon={icon}
      title={i18n._(title)}
      words={
        Words ? (
          <Suspense>
            <Words />
          </Suspense>
        ) : undefined
      }
    />
  ));
}

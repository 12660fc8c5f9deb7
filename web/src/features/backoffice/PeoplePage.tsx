import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { UserSearch } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { StaffPage } from '../../kit/staff';
import { Alias, CardList, EmptyState, Field, LinkRow, List } from '../../kit/ui';
import { peopleQuery } from './data';

/** The way to one member's money: by the name of their real face, the only one staff know. */
export function PeoplePage() {
  const { t } = useLingui();
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  // The address follows what is typed, so that coming back finds it; it is too slow to type into.
  const [text, setText] = useState(search.name ?? '');
  const name = useDeferredValue(text);
  const people = useQuery(peopleQuery(name));
  const asked = name.trim() !== '';
  return (
    <StaffPage
      title={t`People`}
      lead={<Trans>Find somebody to see their coins and payments. Nobody can find shadows.</Trans>}
    >
      <Field
        label={t`Name`}
        hint={t`The beginning is enough; with the number after it, like deniz#4821, there is only one.`}
        className="max-w-md"
        type="search"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        maxLength={40}
        value={text}
        onChange={({ target: { value } }) => {
          setText(value);
          void navigate({ to: '/staff/people', search: { name: value || undefined }, replace: true });
        }}
      />
      {asked ? (
        <List
          query={people}
          rows={3}
          empty={
            <EmptyState icon={<UserSearch aria-hidden />} title={<Trans>Nobody has this name</Trans>}>
              <Trans>Somebody who left has no name any more; their payments still lead to them.</Trans>
            </EmptyState>
          }
        >
          {(items) => (
            <CardList label={t`People`}>
              {items.map((person) => (
                <LinkRow
                  key={person.user_id}
                  to="/staff/people/$userId"
                  params={{ userId: person.user_id }}
                  title={<Alias alias={person.alias} tag={person.tag} />}
                />
              ))}
            </CardList>
          )}
        </List>
      ) : null}
    </StaffPage>
  );
}

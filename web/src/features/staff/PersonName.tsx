import { Trans } from '@lingui/react/macro';
import { Alias } from '../../ui';
import type { StaffPerson } from './data';

/** Somebody as staff know them; who has left has no name any more. */
export function PersonName({ person }: { person: StaffPerson | null | undefined }) {
  if (!person?.alias) {
    return (
      <span className="text-soft">
        <Trans>somebody who left</Trans>
      </span>
    );
  }
  return <Alias alias={person.alias} tag={person.tag} />;
}

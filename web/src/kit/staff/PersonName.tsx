import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { Alias } from '../ui';
import type { StaffView } from './data';
import { useRunsCommunity } from './StaffPage';

/** Somebody as staff know them, and the way to their money for who may see it; who has left has no name any more. */
export function PersonName({ person }: { person: StaffView | null | undefined }) {
  const seesMoney = useRunsCommunity();
  const name = person?.alias ? (
    <Alias alias={person.alias} tag={person.tag} />
  ) : (
    <span className="text-soft">
      <Trans>somebody who left</Trans>
    </span>
  );
  if (!person || !seesMoney) return name;
  return (
    <Link
      to="/staff/people/$userId"
      params={{ userId: person.user_id }}
      className="inline-flex min-h-6 min-w-0 max-w-full items-center underline underline-offset-3"
    >
      {name}
    </Link>
  );
}

import { Trans } from '@lingui/react/macro';
import { Button } from './Button';

/** The next page of a list, when there is one. */
export function MoreButton({
  query,
}: {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}) {
  if (!query.hasNextPage) return null;
  return (
    <Button className="self-center" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
      <Trans>Show more</Trans>
    </Button>
  );
}

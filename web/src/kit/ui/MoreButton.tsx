import { Trans } from '@lingui/react/macro';
import { Button } from './Button';

/** What an infinite query says of its next page. */
export interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage: () => unknown;
}

/** The next page of a list, when there is one; one that did not come may be asked for again. */
export function MoreButton({ query }: { query: Partial<Paged> }) {
  if (!query.hasNextPage) return null;
  return (
    <div className="flex flex-col items-center gap-2">
      {query.isFetchNextPageError ? (
        <p role="alert" className="text-sm text-terracotta">
          <Trans>The rest could not be loaded.</Trans>
        </p>
      ) : null}
      <Button busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage?.()}>
        {query.isFetchNextPageError ? <Trans>Try again</Trans> : <Trans>Show more</Trans>}
      </Button>
    </div>
  );
}

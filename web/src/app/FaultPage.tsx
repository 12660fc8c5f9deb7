import { Trans, useLingui } from '@lingui/react/macro';
import { ErrorState, Page } from '../kit/ui';

/** A page that broke while it was drawn: the rest of the app still stands. */
export function FaultPage() {
  const { t } = useLingui();
  return (
    <Page title={t`This page broke`}>
      <ErrorState title={<Trans>Something went wrong here</Trans>} onRetry={() => location.reload()}>
        <Trans>What you sent is safe. Reload the page; if it breaks again, tell the people who run this square.</Trans>
      </ErrorState>
    </Page>
  );
}

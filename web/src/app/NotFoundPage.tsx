import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { Button, Lamp, Page, Wordmark } from '../kit/ui';

/** An address that leads nowhere, and the way back. */
export function NotFoundPage() {
  const { t } = useLingui();
  return (
    <main id="page" className="mx-auto max-w-[680px]">
      <Link to="/" className="inline-flex px-4 pt-4 sm:px-6">
        <Wordmark />
      </Link>
      <Page title={t`This street ends here`}>
        <div className="flex flex-col items-center gap-6 py-8 text-center">
          <Lamp className="h-36" />
          <p className="max-w-sm text-soft">
            <Trans>There is no page at this address. It may have been a talk that is over.</Trans>
          </p>
          <Button asChild look="lamp">
            <Link to="/">
              <Trans>Back to the square</Trans>
            </Link>
          </Button>
        </div>
      </Page>
    </main>
  );
}

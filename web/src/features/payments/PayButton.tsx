import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button } from '../../kit/ui';

/** The one button that leads to a pay page, and under it what is to be said while that opens or when it does not. */
export function PayButton({
  busy,
  opening,
  slow,
  fault,
  children,
}: {
  busy: boolean;
  /** The order is there; its pay page is not yet. */
  opening: boolean;
  slow: boolean;
  fault: string | undefined;
  children: ReactNode;
}) {
  return (
    <div>
      <Button type="submit" look="lamp" size="lg" wide busy={busy}>
        {opening ? <Trans>Opening the pay page…</Trans> : <span>{children}</span>}
      </Button>
      <div role="status">
        {slow ? (
          <p className="pt-3 text-center text-soft text-sm">
            <Trans>
              The pay page is taking longer than usual; nothing has been charged. You do not have to wait here: your
              order is under{' '}
              <Link to="/wallet/payments" className="font-semibold text-ink underline underline-offset-4">
                Payments
              </Link>
              .
            </Trans>
          </p>
        ) : null}
      </div>
      {fault ? (
        <p role="alert" className="pt-3 text-center text-sm text-terracotta">
          {fault}
        </p>
      ) : null}
    </div>
  );
}

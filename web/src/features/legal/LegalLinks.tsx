import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';

const look = 'font-semibold text-ink underline underline-offset-4';

/** At the foot of the landing page. */
export function LegalLinks() {
  return (
    <nav className="flex flex-wrap gap-x-5 gap-y-2 text-sm">
      <Link to="/terms" className={look}>
        <Trans>Terms of use</Trans>
      </Link>
      <Link to="/privacy" className={look}>
        <Trans>Privacy notice</Trans>
      </Link>
    </nav>
  );
}

/** Beside the button that opens an account. A new tab, so that the form stays as it is. */
export function AcceptNotice() {
  return (
    <p className="text-soft text-sm">
      <Trans>
        By creating an account you accept the{' '}
        <Link to="/terms" target="_blank" className={look}>
          terms of use
        </Link>
        . How your data is used stands in the{' '}
        <Link to="/privacy" target="_blank" className={look}>
          privacy notice
        </Link>
        .
      </Trans>
    </p>
  );
}

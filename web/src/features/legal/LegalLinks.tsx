import { Trans } from '@lingui/react/macro';
import { WayLink } from '../../kit/way';

const look = 'font-semibold text-ink underline underline-offset-4';

/** At the foot of the landing page. */
export function LegalLinks() {
  return (
    <nav className="flex flex-wrap gap-x-5 gap-y-2 text-sm">
      <WayLink href="/terms" className={look}>
        <Trans>Terms of use</Trans>
      </WayLink>
      <WayLink href="/privacy" className={look}>
        <Trans>Privacy notice</Trans>
      </WayLink>
    </nav>
  );
}

/** Beside the button that opens an account. A new tab, so that the form stays as it is. */
export function AcceptNotice() {
  return (
    <p className="text-soft text-sm">
      <Trans>
        By creating an account you accept the{' '}
        <WayLink href="/terms" target="_blank" className={look}>
          terms of use
        </WayLink>
        . How your data is used stands in the{' '}
        <WayLink href="/privacy" target="_blank" className={look}>
          privacy notice
        </WayLink>
        .
      </Trans>
    </p>
  );
}

import { Trans } from '@lingui/react/macro';
import { UserRoundX } from 'lucide-react';
import { Notice } from '../ui';

/** In the place of buttons: nobody of the staff decides about themselves. */
export function ConflictOfInterest() {
  return (
    <Notice tone="quiet" icon={<UserRoundX aria-hidden />} title={<Trans>This is about you</Trans>}>
      <Trans>Somebody else who runs this square decides. Nobody does it for themselves.</Trans>
    </Notice>
  );
}

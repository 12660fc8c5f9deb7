import { Trans, useLingui } from '@lingui/react/macro';
import { useWords } from '../../kit/api/words';
import type { usePasskeySupport } from './passkeys';
import { NoPasskeyUsed, PasskeyThere } from './passkeys';

/** What went wrong with a passkey, in words. */
export function usePasskeyFault(): (error: unknown) => string {
  const { t } = useLingui();
  const words = useWords();
  return (error) => {
    if (error instanceof NoPasskeyUsed) return t`No passkey was used. You can try again whenever you like.`;
    if (error instanceof PasskeyThere) return t`This device has a passkey for your account here already.`;
    return words(error);
  };
}

/** One sentence where passkeys do not work: why, and where they would. */
export function NoPasskeysHere({ why }: { why: NonNullable<ReturnType<typeof usePasskeySupport>> }) {
  const isThisMachine = /^(127\.|\[::1\]$)/.test(location.hostname);
  const named = `${location.protocol}//localhost${location.port && `:${location.port}`}`;
  switch (why) {
    case 'bare_address':
      return isThisMachine ? (
        <Trans>
          Passkeys work at an address with a name. On this machine that is{' '}
          <a href={`${named}${location.pathname}`} className="font-semibold underline underline-offset-4">
            {named}
          </a>
          .
        </Trans>
      ) : (
        <Trans>Passkeys work at an address with a name, and this page was opened at a number.</Trans>
      );
    case 'plain_http':
      return <Trans>Passkeys work over https, and this page was opened without it.</Trans>;
    case 'other_host':
      return <Trans>Passkeys work at this community's own address, and {location.hostname} is not its own.</Trans>;
    default:
      return <Trans>This browser is too old for passkeys.</Trans>;
  }
}

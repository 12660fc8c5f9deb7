import { useLingui } from '@lingui/react/macro';

/** What of the log-in has changed, as a title. */
export function useSignInPart(): (part: string) => string {
  const { t } = useLingui();
  return (part) => {
    switch (part) {
      case 'phone':
        return t`Your phone number was changed`;
      case 'email':
        return t`Your e-mail address was changed`;
      case 'second_factor_on':
        return t`Two-step log-in was switched on`;
      case 'second_factor_off':
        return t`Two-step log-in was switched off`;
      case 'second_factor_removed':
        return t`Your two-step log-in was removed`;
      case 'recovery_codes':
        return t`You have new recovery codes`;
      case 'recovery_code_used':
        return t`A recovery code of yours was used`;
      case 'passkey_added':
        return t`A passkey was added to your account`;
      case 'passkey_removed':
        return t`A passkey was removed from your account`;
      default:
        return t`Your password was changed`;
    }
  };
}

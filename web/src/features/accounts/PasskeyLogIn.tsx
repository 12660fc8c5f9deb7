import { Trans } from '@lingui/react/macro';
import { Fingerprint } from 'lucide-react';
import { useAction } from '../../kit/action';
import { isRefusal } from '../../kit/api/errors';
import { endSession } from '../../kit/api/session';
import { Button } from '../../kit/ui';
import { NoPasskeysHere, usePasskeyFault } from './PasskeyWords';
import { logInByPasskey, usePasskeySupport } from './passkeys';

/** The way in without a word typed; a sentence instead, where the browser would refuse. */
export function PasskeyLogIn() {
  const support = usePasskeySupport();
  const fault = usePasskeyFault();
  const enter = useAction({
    mutationFn: logInByPasskey, // the door leads on by itself
    onError: (error) => {
      if (isRefusal(error, 'banned')) endSession({ code: error.code, problem: error.problem });
    },
  });
  if (!support) return null;
  if (support !== 'ready') {
    return (
      <p className="text-soft text-sm">
        <NoPasskeysHere why={support} />
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-2">
      {enter.error ? (
        <p role="alert" className="text-terracotta">
          {fault(enter.error)}
        </p>
      ) : null}
      <Button
        size="lg"
        wide
        icon={<Fingerprint aria-hidden className="size-5" />}
        busy={enter.isPending}
        onClick={() => enter.mutate()}
      >
        <Trans>Log in with a passkey</Trans>
      </Button>
    </div>
  );
}

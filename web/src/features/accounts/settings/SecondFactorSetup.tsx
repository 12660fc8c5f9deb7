import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { isRefusal } from '../../../kit/api/errors';
import { useWords } from '../../../kit/api/words';
import { Button, CodeField, PasswordField } from '../../../kit/ui';
import { type NewAuthenticator, useBeginSecondFactor, useConfirmSecondFactor } from '../second-factor';

/** Password, then the key for one's app, then its first code. The key lives in this page only. */
export function SecondFactorSetup({ onCodes, onClose }: { onCodes: (codes: string[]) => void; onClose: () => void }) {
  const [authenticator, setAuthenticator] = useState<NewAuthenticator | null>(null);
  return (
    <>
      {authenticator ? (
        <FirstCode
          key={authenticator.id}
          authenticator={authenticator}
          onCodes={onCodes}
          onExpired={() => setAuthenticator(null)}
        />
      ) : (
        <Password onBegun={setAuthenticator} />
      )}
      <Button look="quiet" onClick={onClose}>
        <Trans>Not now</Trans>
      </Button>
    </>
  );
}

function Password({ onBegun }: { onBegun: (authenticator: NewAuthenticator) => void }) {
  const { t } = useLingui();
  const words = useWords();
  const begin = useBeginSecondFactor();
  const [password, setPassword] = useState('');
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (password && !begin.isPending) begin.mutate(password, { onSuccess: onBegun });
      }}
    >
      <PasswordField
        label={t`Your password`}
        hint={t`So that nobody who finds this browser open locks you out.`}
        autoComplete="current-password"
        autoFocus
        value={password}
        error={begin.error ? words(begin.error) : undefined}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button look="lamp" type="submit" wide busy={begin.isPending} disabled={!password}>
        <Trans>Continue</Trans>
      </Button>
    </form>
  );
}

function FirstCode({
  authenticator,
  onCodes,
  onExpired,
}: {
  authenticator: NewAuthenticator;
  onCodes: (codes: string[]) => void;
  onExpired: () => void;
}) {
  const { t } = useLingui();
  const words = useWords();
  const confirm = useConfirmSecondFactor();
  const [code, setCode] = useState('');
  const { size, path } = authenticator.qr_code;
  const send = (typed: string) =>
    confirm.mutate(
      { id: authenticator.id, code: typed },
      {
        onSuccess: ({ recovery_codes }) => onCodes(recovery_codes),
        onError: (error) => {
          if (isRefusal(error)) setCode('');
          if (isRefusal(error, 'second_factor_setup_expired', 'second_factor_on')) onExpired();
        },
      },
    );
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (code.length === 6 && !confirm.isPending) send(code);
      }}
    >
      <p>
        <Trans>Scan this with an authenticator app: Aegis, Google Authenticator, 1Password or any other.</Trans>
      </p>
      {/* Dark on light in every theme: cameras read it so. */}
      <svg
        role="img"
        aria-label={t`QR code with your key`}
        viewBox={`0 0 ${size} ${size}`}
        shapeRendering="crispEdges"
        className="w-full max-w-60 self-center overflow-hidden rounded-card"
      >
        <rect width={size} height={size} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
      <div className="flex flex-col gap-1.5">
        <a href={authenticator.uri} className="self-start font-semibold underline underline-offset-4">
          <Trans>Open it in an app on this device</Trans>
        </a>
        <p className="text-soft text-sm">
          <Trans>Or type the key into the app:</Trans>
        </p>
        <p className="break-all rounded-card bg-deep px-4 py-3 font-mono text-sm" data-testid="authenticator-key">
          {authenticator.secret.match(/.{1,4}/g)?.join(' ')}
        </p>
      </div>
      <CodeField
        label={t`Code from your app`}
        hint={t`Other devices are logged out once it is right.`}
        value={code}
        onChange={setCode}
        onComplete={send}
        busy={confirm.isPending}
        error={confirm.error ? words(confirm.error) : undefined}
      />
      <Button look="lamp" type="submit" wide busy={confirm.isPending} disabled={code.length < 6}>
        <Trans>Switch it on</Trans>
      </Button>
    </form>
  );
}

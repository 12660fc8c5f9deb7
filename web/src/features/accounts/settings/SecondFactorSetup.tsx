import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { isRefusal } from '../../../kit/api/errors';
import { Form, useForm } from '../../../kit/form';
import { Button, CodeField, Fault, PasswordField } from '../../../kit/ui';
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
  const begin = useBeginSecondFactor();
  const form = useForm({
    initial: { password: '' },
    refusals: { password: isRefusal },
    ready: ({ password }) => password !== '',
    send: ({ password }) => begin.mutateAsync(password),
    onSent: onBegun,
  });
  return (
    <Form form={form} className="flex flex-col gap-4">
      <PasswordField
        label={t`Your password`}
        hint={t`So that nobody who finds this browser open locks you out.`}
        autoComplete="current-password"
        autoFocus
        {...form.field('password')}
      />
      <Fault>{form.fault}</Fault>
      <Button look="lamp" type="submit" wide busy={form.busy} disabled={!form.isReady}>
        <Trans>Continue</Trans>
      </Button>
    </Form>
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
  const confirm = useConfirmSecondFactor();
  const { size, path } = authenticator.qr_code;
  const form = useForm({
    initial: { code: '' },
    refusals: { code: isRefusal },
    ready: ({ code }) => code.length === 6,
    send: ({ code }) => confirm.mutateAsync({ id: authenticator.id, code }),
    onSent: ({ recovery_codes }) => onCodes(recovery_codes),
    onFault: (error) => {
      if (isRefusal(error)) form.change({ code: '' });
      if (isRefusal(error, 'second_factor_setup_expired', 'second_factor_on')) onExpired();
    },
  });
  return (
    <Form form={form} className="flex flex-col gap-4">
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
        {...form.choice('code')}
        onComplete={(code) => form.submit({ code })}
        busy={form.busy}
      />
      <Fault>{form.fault}</Fault>
      <Button look="lamp" type="submit" wide busy={form.busy} disabled={!form.isReady}>
        <Trans>Switch it on</Trans>
      </Button>
    </Form>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { MailOpen } from 'lucide-react';
import { useAction } from '../../kit/action';
import { isRefusal } from '../../kit/api/errors';
import type { OtpPurpose, OtpSent } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { Form, useForm } from '../../kit/form';
import { configQuery } from '../../kit/queries';
import { Button, CodeField, Fault, minutesAndSeconds, Notice, useNow } from '../../kit/ui';
import { sendOtp, verifyOtp } from './data';
import { cleaned, kindOf } from './identifier';
import { PuzzleProgress } from './PuzzleProgress';

interface CodeStepProps {
  to: string;
  purpose: OtpPurpose;
  sent: OtpSent;
  onSentAgain: (sent: OtpSent) => void;
  onProof: (proof: string) => void | Promise<void>;
  onOther: () => void;
}

/** Asks for a code; the answer is the same whether there is an account or not. */
export function sendCode(purpose: OtpPurpose, to: string): Promise<OtpSent> {
  return sendOtp({ channel: kindOf(to) === 'email' ? 'email' : 'sms', to: cleaned(to), purpose });
}

/** The six digits that came by text message or e-mail. */
export function CodeStep({ to, purpose, sent, onSentAgain, onProof, onOther }: CodeStepProps) {
  const { t } = useLingui();
  const words = useWords();
  const now = useNow(1000);
  const { data: config } = useQuery(configQuery);
  const late = Math.min(600, Math.ceil((Date.parse(sent.leaves_at) - now.getTime()) / 1000));
  const wait = Math.min(600, Math.ceil((Date.parse(sent.resend_at) - now.getTime()) / 1000));

  const form = useForm({
    initial: { code: '' },
    refusals: { code: isRefusal },
    ready: ({ code }) => code.length === 6,
    send: async ({ code }) => {
      const { proof } = await verifyOtp({ to, code, purpose });
      await onProof(proof);
    },
    onFault: (error) => {
      if (isRefusal(error)) form.change({ code: '' }); // without an answer the code stays, to be sent again
    },
  });
  const again = useAction({
    mutationFn: () => sendCode(purpose, to),
    onSuccess: (next) => {
      form.change({ code: '' });
      form.clear();
      onSentAgain(next);
    },
  });
  const code = form.choice('code');

  return (
    <Form form={form} className="flex flex-col gap-5">
      <p className="text-soft">
        <Trans>
          We sent six digits to <strong className="font-semibold text-ink">{to}</strong>. They can be used once.
        </Trans>
      </p>
      {late > 0 ? (
        <p className="text-soft text-sm">
          <Trans>A message went there a moment ago, so the code leaves in {minutesAndSeconds(late)}.</Trans>
        </p>
      ) : null}
      <CodeField
        label={t`Code`}
        {...code}
        onComplete={(typed) => form.submit({ code: typed })}
        busy={form.busy}
        error={code.error ?? (again.error ? words(again.error) : undefined)}
      />
      {config?.local_twin ? (
        <Notice
          tone="quiet"
          icon={<MailOpen aria-hidden />}
          title={<Trans>This is a development square</Trans>}
          action={
            <a href="/outbox" target="_blank" rel="noreferrer" className="font-semibold underline underline-offset-4">
              <Trans>Open the local outbox</Trans>
            </a>
          }
        >
          <Trans>No code is really sent from here: it waits in the local outbox.</Trans>
        </Notice>
      ) : null}
      <PuzzleProgress />
      <Fault>{form.fault}</Fault>
      <Button look="lamp" size="lg" type="submit" wide busy={form.busy} disabled={!form.isReady}>
        <Trans>Continue</Trans>
      </Button>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Button look="quiet" size="sm" onClick={onOther}>
          <Trans>Use another one</Trans>
        </Button>
        {wait > 0 ? (
          <span className="px-3.5 text-soft text-sm tabular-nums" role="timer" aria-live="off">
            <Trans>New code in {minutesAndSeconds(wait)}</Trans>
          </span>
        ) : (
          <Button look="quiet" size="sm" busy={again.isPending} onClick={() => again.mutate()}>
            <Trans>Send a new code</Trans>
          </Button>
        )}
      </div>
    </Form>
  );
}

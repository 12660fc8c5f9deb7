import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { MailOpen } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../../kit/action';
import { isRefusal } from '../../kit/api/errors';
import type { OtpPurpose, OtpSent } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { configQuery } from '../../kit/queries';
import { Button, CodeField, minutesAndSeconds, Notice, useNow } from '../../kit/ui';
import { sendOtp, verifyOtp } from './data';
import { cleaned, kindOf } from './identifier';
import { PuzzleProgress } from './PuzzleProgress';

interface CodeStepProps {
  to: string;
  purpose: OtpPurpose;
  sent: OtpSent;
  onSentAgain: (sent: OtpSent) => void;
  onProof: (proof: string) => void;
  onOther: () => void;
}

const channelOf = (to: string) => (kindOf(to) === 'email' ? 'email' : 'sms');

/** Asks for a code; the answer is the same whether there is an account or not. */
export function useSendCode(purpose: OtpPurpose, onSent: (sent: OtpSent, to: string) => void) {
  return useAction({
    mutationFn: (to: string) => sendOtp({ channel: channelOf(to), to: cleaned(to), purpose }),
    onSuccess: (sent) => onSent(sent, sent.to), // with its country code: whoever meant another one sees it
  });
}

/** The six digits that came by text message or e-mail. */
export function CodeStep({ to, purpose, sent, onSentAgain, onProof, onOther }: CodeStepProps) {
  const { t } = useLingui();
  const words = useWords();
  const now = useNow(1000);
  const [code, setCode] = useState('');
  const { data: config } = useQuery(configQuery);
  const late = Math.min(600, Math.ceil((Date.parse(sent.leaves_at) - now.getTime()) / 1000));
  const wait = Math.min(600, Math.ceil((Date.parse(sent.resend_at) - now.getTime()) / 1000));

  const verify = useAction({
    mutationFn: (typed: string) => verifyOtp({ to, code: typed, purpose }),
    onSuccess: ({ proof }) => onProof(proof),
    onError: (error) => {
      if (isRefusal(error)) setCode(''); // without an answer the code stays, to be sent again
    },
  });
  const again = useSendCode(purpose, (next) => {
    setCode('');
    verify.reset();
    onSentAgain(next);
  });
  const fault = verify.error ?? again.error;

  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (code.length === 6 && !verify.isPending) verify.mutate(code);
      }}
    >
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
        value={code}
        onChange={setCode}
        onComplete={(typed) => verify.mutate(typed)}
        busy={verify.isPending}
        error={fault ? words(fault) : undefined}
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
      <Button look="lamp" size="lg" type="submit" wide busy={verify.isPending} disabled={code.length < 6}>
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
          <Button look="quiet" size="sm" busy={again.isPending} onClick={() => again.mutate(to)}>
            <Trans>Send a new code</Trans>
          </Button>
        )}
      </div>
    </form>
  );
}

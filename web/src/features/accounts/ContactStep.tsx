import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import type { OtpPurpose, OtpSent } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { Button, Field, Segmented } from '../../kit/ui';
import { useSendCode } from './CodeStep';
import { PhoneField } from './PhoneField';
import { PuzzleProgress } from './PuzzleProgress';

export type ContactKind = 'phone' | 'email';

/** A phone number or an e-mail address that a code is sent to. */
export function ContactStep({
  kind,
  onKind,
  value,
  onValue,
  purpose,
  onSent,
}: {
  kind: ContactKind;
  /** Left out where only this kind is asked for. */
  onKind?: (kind: ContactKind) => void;
  value: string;
  onValue: (value: string) => void;
  purpose: OtpPurpose;
  onSent: (sent: OtpSent, to: string) => void;
}) {
  const { t } = useLingui();
  const words = useWords();
  const send = useSendCode(purpose, onSent);
  const [empty, setEmpty] = useState(false);
  const error = empty ? t`Fill this in first.` : send.error ? words(send.error) : undefined;
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        setEmpty(!value.trim());
        if (value.trim() && !send.isPending) send.mutate(value);
      }}
    >
      {onKind ? (
        <Segmented
          label={t`How the code reaches you`}
          value={kind}
          onChange={(next) => {
            send.reset();
            onKind(next);
          }}
          options={[
            { value: 'phone', words: t`Phone` },
            { value: 'email', words: t`E-mail` },
          ]}
        />
      ) : null}
      {kind === 'phone' ? (
        <PhoneField key="phone" value={value} error={error} onValue={onValue} />
      ) : (
        <Field
          key="email"
          label={t`E-mail address`}
          type="email"
          autoComplete="email"
          inputMode="email"
          value={value}
          error={error}
          onChange={(event) => onValue(event.target.value)}
        />
      )}
      <PuzzleProgress />
      <Button look="lamp" size="lg" type="submit" wide busy={send.isPending}>
        <Trans>Send the code</Trans>
      </Button>
    </form>
  );
}

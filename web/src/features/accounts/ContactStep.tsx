import { Trans, useLingui } from '@lingui/react/macro';
import { isRefusal } from '../../kit/api/errors';
import type { OtpPurpose, OtpSent } from '../../kit/api/types';
import { Form, useForm } from '../../kit/form';
import { Button, Fault, Field, Segmented } from '../../kit/ui';
import { sendCode } from './CodeStep';
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
  const form = useForm({
    state: [{ contact: value }, ({ contact }) => contact !== undefined && onValue(contact)],
    rules: { contact: (contact) => !contact.trim() && t`Fill this in first.` },
    refusals: { contact: isRefusal },
    send: ({ contact }) => sendCode(purpose, contact),
    onSent: (sent) => onSent(sent, sent.to), // with its country code: whoever meant another one sees it
  });
  return (
    <Form form={form} className="flex flex-col gap-5">
      {onKind ? (
        <Segmented
          label={t`How the code reaches you`}
          value={kind}
          onChange={(next) => {
            form.clear();
            onKind(next);
          }}
          options={[
            { value: 'phone', words: t`Phone` },
            { value: 'email', words: t`E-mail` },
          ]}
        />
      ) : null}
      {kind === 'phone' ? (
        <PhoneField key="phone" {...form.choice('contact')} />
      ) : (
        <Field
          key="email"
          label={t`E-mail address`}
          type="email"
          autoComplete="email"
          inputMode="email"
          {...form.field('contact')}
        />
      )}
      <PuzzleProgress />
      <Fault>{form.fault}</Fault>
      <Button look="lamp" size="lg" type="submit" wide busy={form.busy}>
        <Trans>Send the code</Trans>
      </Button>
    </Form>
  );
}

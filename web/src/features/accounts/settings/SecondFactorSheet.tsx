import { useLingui } from '@lingui/react/macro';
import { FormSheet } from '../../../kit/FormSheet';
import { useForm } from '../../../kit/form';
import { Field, PasswordField } from '../../../kit/ui';
import { CODE_REFUSALS } from '../second-factor';

/** A change that needs the password and a code: switching off, or new recovery codes. */
export function SecondFactorSheet({
  onSend,
  ...sheet
}: {
  title: string;
  words: string;
  act: string;
  danger?: boolean;
  onSend: (proof: { password: string; code: string }) => Promise<void>;
  onClose: () => void;
}) {
  const { t } = useLingui();
  const form = useForm({
    initial: { password: '', code: '' },
    refusals: { password: ['password_wrong'], code: CODE_REFUSALS },
    ready: ({ password, code }) => password !== '' && code.trim() !== '',
    send: onSend,
  });
  return (
    <FormSheet form={form} {...sheet}>
      <PasswordField label={t`Your password`} autoComplete="current-password" {...form.field('password')} />
      <Field
        label={t`Code from your app, or a recovery code`}
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        {...form.field('code')}
      />
    </FormSheet>
  );
}

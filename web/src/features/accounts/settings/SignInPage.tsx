import { Trans, useLingui } from '@lingui/react/macro';
import { BadgeCheck, Mail, Smartphone } from 'lucide-react';
import { useAction } from '../../../kit/action';
import { isRefusal } from '../../../kit/api/errors';
import { useMe } from '../../../kit/api/session';
import type { OtpSent } from '../../../kit/api/types';
import { useWords } from '../../../kit/api/words';
import { useBack } from '../../../kit/back';
import { Form, useForm } from '../../../kit/form';
import { Button, Card, Chip, Fault, Notice, Page, PasswordField, Section, toast } from '../../../kit/ui';
import { CodeStep } from '../CodeStep';
import { type ContactKind, ContactStep } from '../ContactStep';
import { changePassword, useWanted, verifyContact } from '../data';
import { useKept } from '../kept';
import { Passkeys } from './Passkeys';
import { SecondFactor } from './SecondFactor';

/** Phone, e-mail, password, second step and passkeys: how one gets in, seen by nobody else. */
export function SignInPage() {
  const { t } = useLingui();
  const me = useMe();
  const wanted = useWanted();
  return (
    <Page
      title={t`Logging in`}
      back="/me"
      backOnPhone
      lead={<Trans>Only for logging in and getting back in. No stranger ever sees them.</Trans>}
    >
      {me.verified ? null : (
        <Notice
          icon={<BadgeCheck aria-hidden />}
          title={
            wanted === 'phone' ? (
              <Trans>Verify a phone to meet people</Trans>
            ) : (
              <Trans>Verify a phone or an e-mail to meet people</Trans>
            )
          }
        >
          <Trans>We send a code once. It keeps the square honest: everybody here is one person.</Trans>
        </Notice>
      )}
      <Contact kind="phone" value={me.phone ?? null} />
      <Contact kind="email" value={me.email ?? null} />
      {me.username ? (
        <Section title={<Trans>User name</Trans>}>
          <Card>{me.username}</Card>
        </Section>
      ) : null}
      <Password />
      <div id="two-step" className="scroll-mt-4">
        <SecondFactor />
      </div>
      <Passkeys />
    </Page>
  );
}

interface Draft {
  step: 'shown' | 'contact' | 'code' | 'password';
  value: string;
  to: string;
  sent: OtpSent | null;
  proof: string;
}

function Contact({ kind, value }: { kind: ContactKind; value: string | null }) {
  const { t } = useLingui();
  const words = useWords();
  const [draft, change, forget] = useKept<Draft>(`verify-${kind}`, {
    step: 'shown',
    value: '',
    to: '',
    sent: null,
    proof: '',
  });
  const close = () => {
    forget();
    change({ step: 'shown', value: '', to: '', sent: null, proof: '' });
  };
  useBack(draft.step === 'shown' ? null : draft.step, () =>
    draft.step === 'contact' ? close() : change({ step: 'contact' }),
  );
  const verify = useAction({
    mutationFn: verifyContact,
    onSuccess: () => {
      close();
      toast(kind === 'phone' ? t`Your phone number is verified.` : t`Your e-mail address is verified.`);
    },
    onError: (error) => {
      // A wrong password may be tried again with the same proof; a spent proof or a taken number may not.
      if (isRefusal(error) && !isRefusal(error, 'password_wrong', 'slow_down')) change({ step: 'contact' });
    },
  });
  return (
    <Section title={kind === 'phone' ? <Trans>Phone</Trans> : <Trans>E-mail</Trans>}>
      <Card className="flex flex-col gap-4">
        {draft.step === 'shown' ? (
          <div className="flex flex-wrap items-center gap-3">
            {kind === 'phone' ? (
              <Smartphone aria-hidden className="size-5.5 text-soft" />
            ) : (
              <Mail aria-hidden className="size-5.5 text-soft" />
            )}
            <span className="min-w-0 flex-1 basis-40 break-words">
              {value ?? <span className="text-soft">{kind === 'phone' ? t`No number yet` : t`No address yet`}</span>}
            </span>
            {value ? <Chip tone="moss" icon={<BadgeCheck aria-hidden />}>{t`verified`}</Chip> : null}
            <Button
              size="sm"
              look={!value && kind === 'phone' ? 'lamp' : 'plain'}
              aria-label={
                kind === 'phone'
                  ? value
                    ? t`Change the phone number`
                    : t`Add a phone number`
                  : value
                    ? t`Change the e-mail address`
                    : t`Add an e-mail address`
              }
              onClick={() => change({ step: 'contact' })}
            >
              {value ? <Trans>Change</Trans> : <Trans>Add</Trans>}
            </Button>
          </div>
        ) : null}
        {verify.error && draft.step !== 'password' ? <Fault>{words(verify.error)}</Fault> : null}
        {draft.step === 'contact' ? (
          <>
            <ContactStep
              kind={kind}
              value={draft.value}
              onValue={(next) => change({ value: next })}
              purpose="verify"
              onSent={(sent, to) => {
                verify.reset();
                change({ sent, to, step: 'code' });
              }}
            />
            <Button look="quiet" onClick={close}>
              <Trans>Not now</Trans>
            </Button>
          </>
        ) : null}
        {draft.step === 'code' && draft.sent ? (
          <CodeStep
            to={draft.to}
            purpose="verify"
            sent={draft.sent}
            onSentAgain={(sent) => change({ sent })}
            onProof={(proof) => change({ proof, step: 'password' })}
            onOther={() => change({ step: 'contact' })}
          />
        ) : null}
        {draft.step === 'password' ? (
          <ConfirmForm
            onConfirmed={(password) => verify.mutateAsync({ proof: draft.proof, password })}
            onClose={close}
          />
        ) : null}
      </Card>
    </Section>
  );
}

/** The password once more, before a new way into the account is kept. */
function ConfirmForm({
  onConfirmed,
  onClose,
}: {
  onConfirmed: (password: string) => Promise<unknown>;
  onClose: () => void;
}) {
  const { t } = useLingui();
  const form = useForm({
    initial: { password: '' },
    refusals: { password: isRefusal },
    ready: ({ password }) => password !== '',
    send: ({ password }) => onConfirmed(password),
  });
  return (
    <Form form={form} className="flex flex-col gap-4">
      <PasswordField
        label={t`Your password`}
        hint={t`A number or address is a way into your account, so we make sure that it is you.`}
        autoComplete="current-password"
        {...form.field('password')}
      />
      <Fault>{form.fault}</Fault>
      <Button look="lamp" type="submit" wide busy={form.busy} disabled={!form.isReady}>
        <Trans>Save</Trans>
      </Button>
      <Button look="quiet" onClick={onClose}>
        <Trans>Not now</Trans>
      </Button>
    </Form>
  );
}

function Password() {
  const { t } = useLingui();
  const form = useForm({
    initial: { current: '', next: '' },
    refusals: { current: ['password_wrong'], next: ['weak_password'] },
    ready: ({ current, next }) => current !== '' && next !== '',
    send: ({ current, next }) => changePassword({ current, new: next }),
    onSent: () => {
      form.change({ current: '', next: '' });
      toast(t`Your password has been changed.`);
    },
  });
  return (
    <Section title={<Trans>Password</Trans>}>
      <Card>
        <Form form={form} className="flex flex-col gap-4">
          <PasswordField label={t`Current password`} autoComplete="current-password" {...form.field('current')} />
          <PasswordField
            label={t`New password`}
            hint={t`At least 10 characters. A few words in a row are easy to keep in mind.`}
            autoComplete="new-password"
            {...form.field('next')}
          />
          <Fault>{form.fault}</Fault>
          <Button type="submit" wide busy={form.busy} disabled={!form.isReady}>
            <Trans>Change the password</Trans>
          </Button>
        </Form>
      </Card>
    </Section>
  );
}

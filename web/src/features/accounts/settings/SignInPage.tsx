import { Trans, useLingui } from '@lingui/react/macro';
import { BadgeCheck, Mail, Smartphone } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../../../kit/action';
import { isRefusal } from '../../../kit/api/errors';
import { useMe } from '../../../kit/api/session';
import type { OtpSent } from '../../../kit/api/types';
import { useWords } from '../../../kit/api/words';
import { useBack } from '../../../kit/back';
import { Button, Card, Chip, Notice, Page, PasswordField, Section, toast } from '../../../kit/ui';
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
  const [password, setPassword] = useState('');
  const close = () => {
    setPassword('');
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
        {verify.error && draft.step !== 'password' ? (
          <p role="alert" className="text-terracotta">
            {words(verify.error)}
          </p>
        ) : null}
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
          <form
            noValidate
            className="flex flex-col gap-4"
            onSubmit={(event) => {
              event.preventDefault();
              if (password) verify.mutate({ proof: draft.proof, password });
            }}
          >
            <PasswordField
              label={t`Your password`}
              hint={t`A number or address is a way into your account, so we make sure that it is you.`}
              autoComplete="current-password"
              value={password}
              error={verify.error ? words(verify.error) : undefined}
              onChange={(event) => setPassword(event.target.value)}
            />
            <Button look="lamp" type="submit" wide busy={verify.isPending} disabled={!password}>
              <Trans>Save</Trans>
            </Button>
            <Button look="quiet" onClick={close}>
              <Trans>Not now</Trans>
            </Button>
          </form>
        ) : null}
      </Card>
    </Section>
  );
}

function Password() {
  const { t } = useLingui();
  const words = useWords();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const change = useAction({
    mutationFn: () => changePassword({ current, new: next }),
    onSuccess: () => {
      setCurrent('');
      setNext('');
      toast(t`Your password has been changed.`);
    },
  });
  return (
    <Section title={<Trans>Password</Trans>}>
      <Card>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (current && next && !change.isPending) change.mutate();
          }}
        >
          <PasswordField
            label={t`Current password`}
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
          <PasswordField
            label={t`New password`}
            hint={t`At least 10 characters. A few words in a row are easy to keep in mind.`}
            autoComplete="new-password"
            value={next}
            error={change.error ? words(change.error) : undefined}
            onChange={(event) => setNext(event.target.value)}
          />
          <Button type="submit" wide busy={change.isPending} disabled={!current || !next}>
            <Trans>Change the password</Trans>
          </Button>
        </form>
      </Card>
    </Section>
  );
}

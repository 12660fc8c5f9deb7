import { Trans, useLingui } from '@lingui/react/macro';
import { KeyRound, ShieldAlert } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../../kit/action';
import { FormSheet } from '../../kit/FormSheet';
import { useForm } from '../../kit/form';
import { Button, Fault, Field, Notice, Sheet } from '../../kit/ui';
import { NothingOffered } from './crypto/client';
import { NoAnswer } from './crypto/server';
import { readCode, WrongCode } from './crypto/transfer';
import { adoptIdentity, insistOnIdentity } from './letterbox';

/** This browser lacks the key of the profile: it is let in with a code from another one, or begins with a new key. */
export function NewBrowser({ trouble }: { trouble: 'newcomer' | 'replaced' }) {
  const { t } = useLingui();
  const [asked, setAsked] = useState<'code' | 'anew' | null>(null);
  const close = () => setAsked(null);
  const isReplaced = trouble === 'replaced';
  return (
    <>
      <Notice
        tone={isReplaced ? 'terracotta' : 'lamp'}
        icon={isReplaced ? <ShieldAlert aria-hidden /> : <KeyRound aria-hidden />}
        title={
          isReplaced ? (
            <Trans>Another browser has begun with a new key for you</Trans>
          ) : (
            <Trans>This browser is new to your talks</Trans>
          )
        }
        action={
          <>
            <Button size="sm" look="lamp" onClick={() => setAsked('code')}>
              <Trans>I have a code</Trans>
            </Button>
            <Button size="sm" onClick={() => setAsked('anew')}>
              {isReplaced ? <Trans>Use this browser's key</Trans> : <Trans>Begin with a new key</Trans>}
            </Button>
          </>
        }
      >
        {isReplaced ? (
          <Trans>
            Nothing is sent from here meanwhile. If that was you, let this browser in with a code from the new one. If
            it was not, change your password and end the other session.
          </Trans>
        ) : (
          <Trans>
            Your talks are encrypted with a key that only your browsers hold. Let this one in: in the other browser,
            open Me, Sessions and devices, and press “Let in another browser”. If you have no other browser any more,
            begin with a new key.
          </Trans>
        )}
      </Notice>
      {asked === 'code' ? <CodeSheet onClose={close} /> : null}
      <AnewSheet
        open={asked === 'anew'}
        onClose={close}
        title={isReplaced ? t`Use this browser's key?` : t`Begin with a new key?`}
      />
    </>
  );
}

function CodeSheet({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const form = useForm({
    initial: { code: '' },
    rules: { code: (typed) => readCode(typed) === null && t`A code has 16 letters and digits.` },
    refusals: { code: (error) => error instanceof WrongCode || error instanceof NothingOffered },
    words: useFaultWords(),
    send: ({ code }) => adoptIdentity(readCode(code) ?? ''),
    onSent: onClose,
  });
  return (
    <FormSheet
      form={form}
      onClose={onClose}
      title={t`Enter the code`}
      words={t`It is on the screen of your other browser for ten minutes. Nobody else needs it: whoever asks you for it wants to read along.`}
      act={t`Let this browser in`}
    >
      <Field
        label={t`Code of your other browser`}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        {...form.field('code')}
      />
    </FormSheet>
  );
}

function AnewSheet({ open, onClose, title }: { open: boolean; onClose: () => void; title: string }) {
  const { t } = useLingui();
  const words = useFaultWords();
  const insist = useAction({ mutationFn: insistOnIdentity, onSuccess: onClose });
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={title}
      words={t`Everybody you talk with is shown that your safety number has changed, and decides before anything is sent on. Your other browsers stop until you let them in with a code from here.`}
      actions={
        <>
          <Button className="flex-1" onClick={onClose}>
            <Trans>Not now</Trans>
          </Button>
          <Button look="lamp" className="flex-1" busy={insist.isPending} onClick={() => insist.mutate()}>
            <Trans>Go on</Trans>
          </Button>
        </>
      }
    >
      <Fault>{insist.error && words(insist.error)}</Fault>
    </Sheet>
  );
}

export function useFaultWords(): (error: unknown) => string {
  const { t } = useLingui();
  return (error) => {
    if (error instanceof WrongCode) return t`This code does not open it. Look at it once more, or make a new one.`;
    if (error instanceof NothingOffered) return t`No browser is letting in another one now. Make a new code there.`;
    if (error instanceof NoAnswer) return t`We cannot reach the square just now. Try again in a moment.`;
    return t`That did not work. Reload the page and try again.`;
  };
}

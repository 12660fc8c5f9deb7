import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Fingerprint } from 'lucide-react';
import { useState } from 'react';
import { thisDevice } from '../../../kit/api/device';
import { isRefusal } from '../../../kit/api/errors';
import type { Passkey } from '../../../kit/api/types';
import { FormSheet } from '../../../kit/FormSheet';
import { type FormOf, useForm } from '../../../kit/form';
import { Button, CardList, Field, List, Moment, PasswordField, RowBody, Section, toast } from '../../../kit/ui';
import { passkeysQuery } from '../data';
import { NoPasskeysHere, usePasskeyFault } from '../PasskeyWords';
import { useAddPasskey, usePasskeySupport, useRemovePasskey, useRenamePasskey } from '../passkeys';
import { CODE_REFUSALS } from '../second-factor';

const LONGEST_NAME = 60;

/** The passkeys of the account: where each one works, whether a lost device takes it along, and when it was used. */
export function Passkeys() {
  const { t } = useLingui();
  const passkeys = useQuery(passkeysQuery);
  const support = usePasskeySupport();
  const [adding, setAdding] = useState(false);
  const [renaming, setRenaming] = useState<Passkey | null>(null);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  return (
    <Section title={<Trans>Passkeys</Trans>}>
      <p className="text-soft">
        <Trans>
          A passkey opens your account with your face, finger or screen lock, and nobody can guess it or lure it out of
          you. Your password goes on working.
        </Trans>
      </p>
      <List query={passkeys} rows={1}>
        {(found) => (
          <CardList label={t`Passkeys`}>
            {found.map((passkey) => (
              <PasskeyRow
                key={passkey.id}
                passkey={passkey}
                onRename={() => setRenaming(passkey)}
                onRemove={() => setRemoving(passkey)}
              />
            ))}
          </CardList>
        )}
      </List>
      {support === 'ready' ? (
        <Button className="self-start" onClick={() => setAdding(true)}>
          <Trans>Add a passkey</Trans>
        </Button>
      ) : support ? (
        <p className="text-soft text-sm">
          <NoPasskeysHere why={support} />
        </p>
      ) : null}
      {adding ? <AddSheet onClose={() => setAdding(false)} /> : null}
      {renaming ? <RenameSheet key={renaming.id} passkey={renaming} onClose={() => setRenaming(null)} /> : null}
      {removing ? <RemoveSheet key={removing.id} passkey={removing} onClose={() => setRemoving(null)} /> : null}
    </Section>
  );
}

function PasskeyRow({ passkey, onRename, onRemove }: { passkey: Passkey; onRename: () => void; onRemove: () => void }) {
  const { t } = useLingui();
  return (
    <li className="flex flex-col gap-3 px-4 py-3 sm:flex-row sm:items-center">
      <div className="flex min-w-0 flex-1 items-start gap-3.5">
        <RowBody
          icon={<Fingerprint aria-hidden className="mt-0.5 size-5.5 text-soft" />}
          title={<span className="min-w-0 [overflow-wrap:anywhere]">{passkey.name}</span>}
          words={
            <>
              {passkey.host === location.hostname ? null : (
                <span className="block [overflow-wrap:anywhere]">
                  <Trans>Works only at {passkey.host}, not here.</Trans>
                </span>
              )}
              <span className="block">
                {passkey.is_backed_up ? (
                  <Trans>Kept on several devices.</Trans>
                ) : (
                  <Trans>On one device only: lost when that is lost.</Trans>
                )}
              </span>
              <span className="block">
                <Trans>
                  Added <Moment at={passkey.created_at} />
                </Trans>
                {' · '}
                {passkey.last_used_at ? (
                  <Trans>
                    used <Moment at={passkey.last_used_at} />
                  </Trans>
                ) : (
                  <Trans>not used yet</Trans>
                )}
              </span>
            </>
          }
        />
      </div>
      <div className="flex flex-wrap gap-2 pl-9 sm:pl-0">
        <Button size="sm" aria-label={t`Rename ${passkey.name}`} onClick={onRename}>
          <Trans>Rename</Trans>
        </Button>
        <Button size="sm" aria-label={t`Remove ${passkey.name}`} onClick={onRemove}>
          <Trans>Remove</Trans>
        </Button>
      </div>
    </li>
  );
}

function AddSheet({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const add = useAddPasskey();
  const [wantsCode, setWantsCode] = useState(false);
  const form = useForm({
    initial: { name: thisDevice().name, password: '', code: '' },
    limits: { name: LONGEST_NAME },
    refusals: { name: ['passkey_name_missing'], password: ['password_wrong'], code: CODE_REFUSALS },
    words: usePasskeyFault(),
    ready: ({ name, password, code }) => name.trim() !== '' && password !== '' && (!wantsCode || code.trim() !== ''),
    send: async ({ name, password, code }) => {
      try {
        await add.mutateAsync({ name, password, ...(wantsCode ? { code } : {}) });
        return true;
      } catch (error) {
        if (!isRefusal(error, 'second_factor_needed')) throw error;
        setWantsCode(true);
        return false;
      }
    },
    onSent: (added) => {
      if (!added) return;
      toast(t`The passkey was added.`);
      onClose();
    },
  });
  return (
    <FormSheet
      form={form}
      title={t`Add a passkey`}
      words={t`Your browser asks next where to keep it. It works only at ${location.hostname}.`}
      act={<Trans>Continue</Trans>}
      onClose={onClose}
    >
      <NameField {...form.field('name')} />
      <PasswordField
        label={t`Your password`}
        hint={t`A passkey is a way into your account, so we make sure that it is you.`}
        autoComplete="current-password"
        {...form.field('password')}
      />
      {wantsCode ? (
        <Field
          label={t`Code of your authenticator`}
          hint={t`Your account has two steps, and a passkey stands for both. A recovery code works too.`}
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          {...form.field('code')}
        />
      ) : null}
    </FormSheet>
  );
}

function RenameSheet({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const { t } = useLingui();
  const rename = useRenamePasskey();
  const form = useForm({
    initial: { name: passkey.name },
    limits: { name: LONGEST_NAME },
    refusals: { name: ['passkey_name_missing'] },
    ready: ({ name }) => name.trim() !== '',
    send: ({ name }) => rename.mutateAsync({ id: passkey.id, name }),
    onSent: onClose,
  });
  return (
    <FormSheet form={form} title={t`Rename the passkey`} act={<Trans>Save</Trans>} onClose={onClose}>
      <NameField {...form.field('name')} />
    </FormSheet>
  );
}

function NameField(field: ReturnType<FormOf<{ name: string }>['field']>) {
  const { t } = useLingui();
  return (
    <Field
      label={t`Name`}
      hint={t`So that you know later which one it is. Only you see it.`}
      autoComplete="off"
      {...field}
    />
  );
}

function RemoveSheet({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const { t } = useLingui();
  const remove = useRemovePasskey();
  const form = useForm({
    initial: { password: '' },
    refusals: { password: ['password_wrong'] },
    ready: ({ password }) => password !== '',
    send: ({ password }) => remove.mutateAsync({ id: passkey.id, password }),
    onSent: () => {
      toast(t`The passkey opens nothing any more.`);
      onClose();
    },
  });
  return (
    <FormSheet
      form={form}
      title={t`Remove ${passkey.name}?`}
      words={t`It stops opening your account at once. Where it is kept, you delete it yourself. You still get in with your password.`}
      danger
      act={<Trans>Remove</Trans>}
      onClose={onClose}
    >
      <PasswordField label={t`Your password`} autoComplete="current-password" {...form.field('password')} />
    </FormSheet>
  );
}

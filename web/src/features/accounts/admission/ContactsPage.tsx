import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { isRefusal } from '../../../kit/api/errors';
import { Form, useForm } from '../../../kit/form';
import { DecideSheet, StaffPage } from '../../../kit/staff';
import { Button, Card, Facts, Fault, Field, Notice, toast } from '../../../kit/ui';
import { type BurdenKind, useLookUpContact, useReleaseContact } from './data';

/** A phone number or an e-mail address that has a new owner, who must not pay for the one before. */
export function ContactsPage() {
  const { t, i18n } = useLingui();
  const kinds = useBurdenKinds();
  const [releasing, setReleasing] = useState(false);
  const look = useLookUpContact();
  const release = useReleaseContact();
  const form = useForm({
    initial: { contact: '' },
    refusals: { contact: isRefusal },
    ready: ({ contact }) => contact.trim() !== '',
    send: ({ contact }) => look.mutateAsync(contact.trim()),
  });
  const contact = form.values.contact.trim();
  const seen = look.variables === contact ? look.data : undefined; // not that of another one, typed before
  const until = (day: string) => i18n.date(`${day}T12:00:00Z`, { dateStyle: 'medium', timeZone: 'UTC' });
  return (
    <StaffPage
      title={t`New owners`}
      lead={
        <Trans>
          A phone number or an e-mail address can go to somebody else. Here you free it from what an earlier account
          left behind.
        </Trans>
      }
    >
      <Card>
        <Form form={form} className="flex max-w-md flex-col gap-4">
          <Field
            label={t`Phone number or e-mail address`}
            hint={t`Look only for somebody who asked you. Each look is in the log with your name, and your staff have 20 a day.`}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            maxLength={254}
            {...form.field('contact')}
          />
          <Fault>{form.fault}</Fault>
          <Button type="submit" className="self-start" disabled={!form.isReady} busy={form.busy}>
            <Trans>Look</Trans>
          </Button>
        </Form>
      </Card>
      <div aria-live="polite">
        {seen && seen.burdens.length === 0 ? (
          <Notice tone="quiet" title={<Trans>Nothing to free</Trans>}>
            <Trans>
              Earlier accounts have left nothing here that would wait for somebody new. This does not say whether
              anybody has or had an account.
            </Trans>
          </Notice>
        ) : null}
        {seen && seen.burdens.length > 0 ? (
          <Card className="flex flex-col gap-4">
            <h2 className="font-semibold text-lg">
              <Trans>This waits for whoever proves it next</Trans>
            </h2>
            <Facts
              facts={seen.burdens.map(({ kind, until: day }) => ({ name: kinds[kind], value: t`until ${until(day)}` }))}
            />
            <Button className="self-start" onClick={() => setReleasing(true)}>
              <Trans>Free it</Trans>
            </Button>
          </Card>
        ) : null}
      </div>
      {releasing ? (
        <DecideSheet
          title={t`Free it for its new owner?`}
          words={t`All of it is forgotten, and cannot be brought back. Be sure that this is not the same person.`}
          act={t`Free it`}
          danger
          onClose={() => setReleasing(false)}
          onDecide={async (reason) => {
            await release.mutateAsync({ contact, reason });
            toast(t`It is free. Its new owner begins anew.`);
            setReleasing(false);
            form.change({ contact: '' });
          }}
        />
      ) : null}
    </StaffPage>
  );
}

function useBurdenKinds(): Record<BurdenKind, string> {
  const { t } = useLingui();
  return {
    ban: t`A ban`,
    suspension: t`A pause of meeting, after reports`,
    debt: t`Coins that are owed`,
    freeze: t`A frozen wallet`,
    kept_apart: t`People who are not met again`,
  };
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../../../kit/action';
import { isRefusal } from '../../../kit/api/errors';
import { useWords } from '../../../kit/api/words';
import { serverNow } from '../../../kit/clock';
import { FormSheet } from '../../../kit/FormSheet';
import { useForm } from '../../../kit/form';
import { Button, Card, Fault, Page, PasswordField, Section, toast } from '../../../kit/ui';
import { eraseAccount, exportData } from '../data';

/** Everything the server knows about one, to take along or to erase. */
export function DataPage() {
  const { t } = useLingui();
  const words = useWords();
  const [erasing, setErasing] = useState(false);
  const take = useAction({
    mutationFn: exportData,
    onSuccess: (everything) => {
      const url = URL.createObjectURL(new Blob([JSON.stringify(everything, null, 2)], { type: 'application/json' }));
      const link = document.createElement('a');
      link.href = url;
      link.download = `meydan-${new Date(serverNow()).toISOString().slice(0, 10)}.json`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
      toast(t`The file is on its way to your downloads.`);
    },
  });
  return (
    <Page title={t`My data`} back="/me" backOnPhone>
      <Section title={<Trans>Take it with you</Trans>}>
        <Card className="flex flex-col gap-4">
          <p className="text-soft">
            <Trans>
              One file with everything the server knows about you. What you wrote is not in it: the server cannot read
              it, and it is gone after a day.
            </Trans>
          </p>
          <Fault>{take.error && words(take.error)}</Fault>
          <Button
            className="self-start"
            icon={<Download aria-hidden className="size-5" />}
            busy={take.isPending}
            onClick={() => take.mutate()}
          >
            <Trans>Download my data</Trans>
          </Button>
        </Card>
      </Section>
      <Section title={<Trans>Erase my account</Trans>}>
        <Card className="flex flex-col gap-4">
          <p className="text-soft">
            <Trans>
              Both faces, talks, meetings and ways to log in are erased for good, at once. It cannot be undone.
            </Trans>
          </p>
          <Button look="danger" className="self-start" onClick={() => setErasing(true)}>
            <Trans>Erase my account</Trans>
          </Button>
        </Card>
      </Section>
      {erasing ? <EraseSheet onClose={() => setErasing(false)} /> : null}
    </Page>
  );
}

function EraseSheet({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const form = useForm({
    initial: { password: '' },
    refusals: { password: isRefusal },
    ready: ({ password }) => password !== '',
    send: async ({ password }) => {
      await eraseAccount(password);
      toast(t`Your account is erased. Farewell.`);
    },
  });
  return (
    <FormSheet
      form={form}
      onClose={onClose}
      title={t`Erase this account for good?`}
      words={t`Nobody can bring it back, not even we. Your password makes sure that it is you.`}
      act={<Trans>Erase for good</Trans>}
      danger
    >
      <PasswordField label={t`Password`} autoComplete="current-password" {...form.field('password')} />
    </FormSheet>
  );
}

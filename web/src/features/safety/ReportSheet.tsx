import { Trans, useLingui } from '@lingui/react/macro';
import type { ReportReason } from '../../kit/api/types';
import { Form, useForm } from '../../kit/form';
import { Button, Fault, RadioList, Sheet, SheetFoot, TextArea, toast } from '../../kit/ui';
import type { Person } from './BlockSheet';
import { useReport } from './data';
import { useReportReasons } from './reasons';

const LONGEST = 1000;

/** Tells the people who run the square what happened. */
export function ReportSheet({
  open,
  onClose,
  profile,
  matchId,
  onReported,
}: {
  open: boolean;
  onClose: () => void;
  profile: Person;
  matchId?: string;
  onReported?: () => void;
}) {
  const { t } = useLingui();
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t`Report ${profile.alias}#${profile.tag}`}
      words={t`They are not told who reported them. Your talk is encrypted, so write down what we should know.`}
    >
      <ReportForm
        profile={profile}
        matchId={matchId}
        onDone={() => {
          onClose();
          onReported?.();
        }}
      />
    </Sheet>
  );
}

function ReportForm({ profile, matchId, onDone }: { profile: Person; matchId?: string; onDone: () => void }) {
  const { t } = useLingui();
  const report = useReport();
  const reasons = Object.entries(useReportReasons()).map(([value, words]) => ({ value: value as ReportReason, words }));
  const form = useForm({
    initial: { reason: '' as ReportReason | '', text: '' },
    rules: { reason: (reason) => !reason && t`Choose what comes closest.` },
    limits: { text: LONGEST },
    send: ({ reason, text }) =>
      report.mutateAsync({
        profile_id: profile.id,
        reason: reason as ReportReason,
        text: text.trim(),
        ...(matchId ? { match_id: matchId } : {}),
      }),
    onSent: () => {
      toast(t`Thank you. Your report is noted.`);
      onDone();
    },
  });
  return (
    <Form form={form} className="flex flex-col gap-4">
      <RadioList label={t`What happened`} {...form.choice('reason')} options={reasons} />
      <TextArea
        label={t`In your words`}
        hint={t`Optional, up to ${LONGEST} characters.`}
        rows={3}
        {...form.field('text')}
      />
      <Fault>{form.fault}</Fault>
      <SheetFoot>
        <Button type="submit" look="danger" wide busy={form.busy}>
          <Trans>Send the report</Trans>
        </Button>
      </SheetFoot>
    </Form>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import type { ReportReason } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { Button, excessOf, RadioList, Sheet, SheetFoot, TextArea, toast } from '../../kit/ui';
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
  const words = useWords();
  const report = useReport();
  const [reason, setReason] = useState<ReportReason | ''>('');
  const [text, setText] = useState('');
  const [asked, setAsked] = useState(false);
  const reasons = Object.entries(useReportReasons()).map(([value, words]) => ({ value: value as ReportReason, words }));
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (!reason || report.isPending || excessOf(text, LONGEST) > 0) return;
        report.mutate(
          {
            profile_id: profile.id,
            reason,
            text: text.trim(),
            ...(matchId ? { match_id: matchId } : {}),
          },
          {
            onSuccess: () => {
              toast(t`Thank you. Your report is noted.`);
              onDone();
            },
          },
        );
      }}
    >
      <RadioList
        label={t`What happened`}
        value={reason}
        onChange={setReason}
        options={reasons}
        error={asked && !reason ? t`Choose what comes closest.` : undefined}
      />
      <TextArea
        label={t`In your words`}
        hint={t`Optional, up to ${LONGEST} characters.`}
        limit={LONGEST}
        rows={3}
        value={text}
        onChange={(event) => setText(event.target.value)}
        error={report.error ? words(report.error) : undefined}
      />
      <SheetFoot>
        <Button type="submit" look="danger" wide busy={report.isPending}>
          <Trans>Send the report</Trans>
        </Button>
      </SheetFoot>
    </form>
  );
}

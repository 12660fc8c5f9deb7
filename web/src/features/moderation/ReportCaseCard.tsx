import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { FormSheet } from '../../kit/FormSheet';
import { useForm } from '../../kit/form';
import { DecideSheet, PersonName, ReasonField, useReason } from '../../kit/staff';
import { Button, Card, Chip, fullTime, Moment, SelectField, toast } from '../../kit/ui';
import { useBanReason } from '../accounts';
import { useReportReasons } from '../safety';
import { type Decision, type PersonBan, type ReportCase, useDecideReportCase, useLiftBan } from './data';

/** What several people said about one, and what became of it before. */
export function ReportCaseCard({ one }: { one: ReportCase }) {
  const { t, i18n } = useLingui();
  const reasons = useReportReasons();
  const decisions = useReportDecisions();
  const whole = (weight: number) => i18n.number(weight / 100, { maximumFractionDigits: 2 });
  const weight = whole(one.weight);
  const enough = whole(one.suspends_at);
  return (
    <Card className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <PersonName person={one.person} />
        {one.is_suspended && one.suspended_until ? (
          <Chip tone="terracotta">{t`meets nobody until ${fullTime(i18n.locale, new Date(one.suspended_until))}`}</Chip>
        ) : null}
        {one.is_staff ? <Chip tone="lamp">{t`staff: never suspended by reports`}</Chip> : null}
        <span className="text-soft text-sm">
          <Plural value={one.reporters} one="# person reported" other="# people reported" /> ·{' '}
          {one.suspends_at > 0 ? (
            <Trans>
              weight {weight} of {enough}
            </Trans>
          ) : (
            <Trans>weight {weight}</Trans>
          )}
        </span>
      </div>
      <ul className="flex flex-col gap-2" aria-label={t`What was reported`}>
        {one.reports.map((report, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: reports bear no id, and the list never changes its order
          <li key={place} className="flex flex-col text-sm">
            <span className="font-semibold">
              {reasons[report.reason]}{' '}
              <span className="font-normal text-soft">
                <Moment at={report.created_at} />
              </span>
            </span>
            {report.text ? <span className="whitespace-pre-wrap break-words">{report.text}</span> : null}
          </li>
        ))}
      </ul>
      {one.report_count > one.reports.length ? (
        <p className="text-soft text-sm">
          <Plural
            value={one.report_count - one.reports.length}
            one="And # older report."
            other="And # older reports."
          />
        </p>
      ) : null}
      {one.bans.length > 0 || one.earlier.length > 0 ? (
        <ul className="flex flex-col gap-2 border-line border-t pt-3 text-sm" aria-label={t`What was before`}>
          {one.bans.map((ban) => (
            <Ban key={ban.id} ban={ban} alias={one.person.alias} />
          ))}
          {one.earlier.map((earlier) => (
            <li key={earlier.id}>
              <Plural value={earlier.reports} one="# report" other="# reports" />: {decisions[earlier.decision]} ·{' '}
              <Moment at={earlier.decided_at} />
              {earlier.note ? ` · ${earlier.note}` : null}
            </li>
          ))}
        </ul>
      ) : null}
      {one.decision ? (
        <p className="text-sm">
          <span className="font-semibold">{decisions[one.decision]}</span>
          {one.decided_at ? (
            <>
              {' · '}
              <Moment at={one.decided_at} />
            </>
          ) : null}
          {one.decided_by ? (
            <>
              {' · '}
              <PersonName person={one.decided_by} />
            </>
          ) : null}
          {one.note ? ` · ${one.note}` : null}
        </p>
      ) : (
        <Decide one={one} />
      )}
    </Card>
  );
}

function useReportDecisions(): Record<NonNullable<ReportCase['decision']>, string> {
  const { t } = useLingui();
  return { dismiss: t`dismissed`, ban: t`banned`, person_left: t`they left before a decision` };
}

function Ban({ ban, alias }: { ban: PersonBan; alias: string }) {
  const { t, i18n } = useLingui();
  const why = useBanReason();
  const lift = useLiftBan(ban.id);
  const [asking, setAsking] = useState(false);
  return (
    <li className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <span>
        {ban.until
          ? t`Banned until ${fullTime(i18n.locale, new Date(ban.until))}: ${why(ban.reason)}`
          : t`Banned for good: ${why(ban.reason)}`}
      </span>
      <span className="text-soft">
        <Moment at={ban.created_at} />
      </span>
      {ban.is_in_force ? (
        <Button size="sm" onClick={() => setAsking(true)}>
          <Trans>Lift the ban</Trans>
        </Button>
      ) : (
        <Chip>{ban.lifted_at ? t`lifted or over` : t`over`}</Chip>
      )}
      {asking ? (
        <DecideSheet
          onClose={() => setAsking(false)}
          title={t`Lift the ban of ${alias}?`}
          words={t`They can log in, talk and meet people again.`}
          act={t`Lift it`}
          onDecide={async (reason) => {
            await lift.mutateAsync(reason);
            toast(t`The ban is lifted.`);
            setAsking(false);
          }}
        />
      ) : null}
    </li>
  );
}

function Decide({ one }: { one: ReportCase }) {
  const { t } = useLingui();
  const decide = useDecideReportCase(one.id);
  const [choice, setChoice] = useState<'dismiss' | 'ban' | null>(null);
  const close = () => setChoice(null);
  const send = async (decision: Decision) => {
    await decide.mutateAsync(decision);
    toast(t`Decided.`);
    close();
  };
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" onClick={() => setChoice('dismiss')}>
          <Trans>Dismiss the reports</Trans>
        </Button>
        {one.may_ban ? (
          <Button size="sm" look="danger" onClick={() => setChoice('ban')}>
            <Trans>Ban them</Trans>
          </Button>
        ) : null}
      </div>
      {choice === 'dismiss' ? (
        <DecideSheet
          onClose={close}
          title={t`Dismiss the reports?`}
          words={t`They can meet people again at once, and these reports never count again.`}
          act={t`Dismiss them`}
          onDecide={(reason) => send({ decision: 'dismiss', reason })}
        />
      ) : null}
      {choice === 'ban' ? <BanSheet one={one} onClose={close} onBan={send} /> : null}
    </>
  );
}

interface BanSheetProps {
  one: ReportCase;
  onClose: () => void;
  onBan: (decision: Decision) => Promise<void>;
}

function BanSheet({ one, onClose, onBan }: BanSheetProps) {
  const { t } = useLingui();
  const reasons = useReportReasons();
  const { limit, rule } = useReason();
  const form = useForm({
    initial: { banReason: one.reports[0]?.reason ?? 'other', days: '', reason: '' },
    limits: { reason: limit },
    rules: { reason: rule },
    send: ({ banReason, days, reason }) =>
      onBan({ decision: 'ban', reason: reason.trim(), ban_reason: banReason, days: days ? Number(days) : null }),
  });
  return (
    <FormSheet
      form={form}
      onClose={onClose}
      title={t`Ban ${one.person.alias}?`}
      words={t`Their talks end and every device is logged out. The same phone number cannot come back.`}
      act={t`Ban them`}
      danger
    >
      <SelectField label={t`What they are told`} {...form.field('banReason')}>
        {Object.entries(reasons).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </SelectField>
      <SelectField label={t`For how long`} {...form.field('days')}>
        <option value="1">{t`A day`}</option>
        <option value="7">{t`A week`}</option>
        <option value="30">{t`A month`}</option>
        <option value="">{t`For good`}</option>
      </SelectField>
      <ReasonField {...form.field('reason')} />
    </FormSheet>
  );
}

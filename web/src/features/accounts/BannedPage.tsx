import { Trans, useLingui } from '@lingui/react/macro';
import { DoorClosed } from 'lucide-react';
import { endSession, useSession } from '../../kit/api/session';
import { useTitle } from '../../kit/title';
import { Button, fullTime, Wordmark } from '../../kit/ui';

/** Why somebody was shut out, in a sentence: the server names the reason only. */
export function useBanReason(): (reason: unknown) => string {
  const { t } = useLingui();
  const reasons: Record<string, string> = {
    reports: t`Many different people reported this account.`,
    harassment: t`Insults or harassment.`,
    sexual_content: t`Unwanted sexual content.`,
    underage: t`We have reason to believe that you are under 18.`,
    spam: t`Advertising or fraud.`,
    threat: t`Threat or danger.`,
    other: t`The people who run this square decided this.`,
  };
  return (reason) =>
    typeof reason === 'string' && reason
      ? (reasons[reason] ?? reason)
      : t`The server gave no reason. Ask the people who run this square.`;
}

/** The door is closed, and why: nobody is shut out without being told. */
export function BannedPage() {
  const { t, i18n } = useLingui();
  const ended = useSession((state) => state.ended);
  const reason = ended?.problem.reason;
  const until = ended?.problem.until;
  useTitle(`${t`This account is closed`} · Meydan`);
  const why = useBanReason();
  return (
    <main id="page" className="mx-auto flex min-h-dvh w-full max-w-lg flex-col gap-6 px-5 py-8">
      <Wordmark />
      <div className="my-auto flex flex-col gap-5">
        <div className="flex size-16 items-center justify-center rounded-full bg-terracotta-soft text-terracotta">
          <DoorClosed aria-hidden className="size-7" />
        </div>
        <h1 className="font-bold text-xl">
          <Trans>This account is closed</Trans>
        </h1>
        <p>
          <Trans>
            You cannot meet or write to anybody with it. Open talks have ended, and every device is logged out.
          </Trans>
        </p>
        <dl className="flex flex-col gap-3 rounded-card border border-line p-4">
          <div>
            <dt className="font-semibold text-sm">
              <Trans>Why</Trans>
            </dt>
            <dd>{why(reason)}</dd>
          </div>
          <div>
            <dt className="font-semibold text-sm">
              <Trans>Until</Trans>
            </dt>
            <dd>{typeof until === 'string' ? fullTime(i18n.locale, new Date(until)) : t`No end is set.`}</dd>
          </div>
        </dl>
        <p className="text-soft">
          <Trans>If you think this is wrong, write to the people who run this square.</Trans>
        </p>
        <Button onClick={() => endSession()}>
          <Trans>Back to the door</Trans>
        </Button>
      </div>
    </main>
  );
}

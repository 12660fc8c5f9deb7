import { Trans, useLingui } from '@lingui/react/macro';
import { LockKeyhole } from 'lucide-react';
import type { ReactNode } from 'react';
import { Avatar, Card, relative, SpeechBubble, TimeLeft } from '../../kit/ui';

const DAY = 24;
const LEFT = 21;

/** A look at a talk, for people who have none yet. It says to everybody that it is an example. */
export function ExampleTalk() {
  const { t, i18n } = useLingui();
  const ends = relative(i18n.locale, new Date(LEFT * 3_600_000), new Date(0));
  return (
    <figure aria-label={t`An example of a talk`} className="flex flex-col gap-3">
      <Card className="overflow-hidden p-0 sm:p-0">
        <div className="flex min-h-16 items-center gap-3 px-4">
          <Avatar seed="deniz" size={38} />
          <div className="flex min-w-0 flex-1 flex-col">
            <span className="font-semibold">Deniz</span>
            <span className="text-soft text-xs">
              <Trans>the talk ends {ends}</Trans>
            </span>
          </div>
          <LockKeyhole aria-hidden className="size-5.5 shrink-0 text-moss" />
        </div>
        <div aria-hidden="true" className="h-[3px] bg-line">
          <TimeLeft share={LEFT / DAY} />
        </div>
        <div className="flex flex-col gap-3 bg-ground p-4">
          <Said by="Deniz">
            <Trans>Hello. What made you smile today?</Trans>
          </Said>
          <Said>
            <Trans>A cat that took the seat beside me on the ferry. It got off like everybody else.</Trans>
          </Said>
          <Said by="Deniz">
            <Trans>I think I know that cat.</Trans>
          </Said>
        </div>
      </Card>
      <figcaption className="text-center text-soft text-sm">
        <Trans>An example: Deniz is made up, your stranger is not.</Trans>
      </figcaption>
    </figure>
  );
}

function Said({ by, children }: { by?: string; children: ReactNode }) {
  const { t } = useLingui();
  return (
    <div className={by ? 'flex flex-col items-start' : 'flex flex-col items-end'}>
      <span className="sr-only">{by ?? t`You`}</span>
      <SpeechBubble mine={!by}>{children}</SpeechBubble>
    </div>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { History } from 'lucide-react';
import { Button, cx, Notice } from '../../kit/ui';
import { useSaid } from './data';
import { Bubble } from './message/Bubble';

/** A talk that began after the time to which the server went back: only this browser still has its words. */
export function Outlived({ conversationId }: { conversationId: string }) {
  const { t } = useLingui();
  const texts = useSaid(conversationId)?.lines ?? [];
  return (
    <section aria-label={t`What was said`} className="mx-auto flex w-full max-w-[560px] flex-col gap-4 px-4 py-8">
      <h1 className="sr-only">
        <Trans>A talk that the server lost</Trans>
      </h1>
      <Notice icon={<History aria-hidden />} title={<Trans>The server lost this talk</Trans>}>
        <Trans>
          It went back to a time before this talk began. What this browser has stays readable here until the talk's time
          is up, but the talk cannot go on.
        </Trans>
      </Notice>
      <ol className="flex flex-col gap-2">
        {texts
          .filter(({ what }) => what.kind === 'text')
          .map((text) => (
            <li key={text.id} className={cx('flex flex-col', text.mine ? 'items-end' : 'items-start')}>
              <span className="sr-only">{text.mine ? t`You` : t`The other person`}</span>
              <Bubble text={text} />
              {text.state === 'failed' ? (
                <p className="px-1 text-soft text-xs">
                  <Trans>not sent</Trans>
                </p>
              ) : null}
            </li>
          ))}
      </ol>
      <Button asChild look="lamp" wide>
        <Link to="/">
          <Trans>To the square</Trans>
        </Link>
      </Button>
    </section>
  );
}

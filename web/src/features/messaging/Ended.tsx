import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Conversation } from '../../kit/api/types';
import { Button, fullTime } from '../../kit/ui';

/** Where one wrote before: that it is over, what is kept and until when, and what to do next. */
export function Ended({ conversation }: { conversation: Conversation }) {
  const { i18n } = useLingui();
  const until = fullTime(i18n.locale, new Date(conversation.expires_at));
  return (
    <footer className="shrink-0 border-line border-t bg-card pb-[env(safe-area-inset-bottom)]">
      <div className="mx-auto flex w-full max-w-[560px] flex-col gap-3 px-4 py-4">
        <div role="status">
          <p className="font-semibold">
            <Trans>This talk is over</Trans>
          </p>
          <p className="text-soft text-sm">
            <Trans>
              What was said stays readable on your devices until {until}. Then it is forgotten, here and on the server.
            </Trans>
          </p>
        </div>
        <Button asChild look="lamp" wide>
          <Link to="/">
            <Trans>To the square</Trans>
          </Link>
        </Button>
      </div>
    </footer>
  );
}

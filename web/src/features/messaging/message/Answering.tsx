import { Trans, useLingui } from '@lingui/react/macro';
import { X } from 'lucide-react';
import { IconButton } from '../../../kit/ui';
import type { TextRecord } from '../crypto/records';
import { Excerpt } from './Quote';

/** Over the field: the message that the next one will answer. */
export function Answering({
  text,
  alias,
  onCancel,
}: {
  text: TextRecord | undefined;
  alias: string;
  onCancel: () => void;
}) {
  const { t } = useLingui();
  return (
    <div className="mx-auto flex w-full max-w-[560px] items-start gap-2 px-4 pt-2">
      <div className="min-w-0 flex-1 border-lamp border-s-3 ps-2.5 text-sm">
        <span className="sr-only">
          <Trans>You answer</Trans>
        </span>
        {text ? <Excerpt answered={text} alias={alias} /> : <Trans>The message that this answers is not here.</Trans>}
      </div>
      <IconButton label={t`Do not answer it`} onClick={onCancel}>
        <X aria-hidden />
      </IconButton>
    </div>
  );
}

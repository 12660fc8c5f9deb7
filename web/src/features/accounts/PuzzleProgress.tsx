import { Trans, useLingui } from '@lingui/react/macro';
import { usePuzzle } from './puzzle';

/** Says why it takes longer, and how far it is. Nothing while there is no puzzle. */
export function PuzzleProgress() {
  const { t } = useLingui();
  const part = usePuzzle((state) => state.part);
  return (
    <div role="status">
      {part === null ? null : (
        <div className="flex flex-col gap-2 rounded-card border border-line bg-card p-4">
          <p className="font-semibold">
            <Trans>Your device is solving a puzzle</Trans>
          </p>
          <p className="text-soft text-sm">
            <Trans>
              Many requests are coming in right now. Your device does a few seconds of work, which makes asking
              thousands of times expensive. You do not have to do anything.
            </Trans>
          </p>
          <progress
            className="h-2 w-full appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-lamp [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-lamp"
            aria-label={t`Progress of the puzzle`}
            value={part}
            max={1}
          />
        </div>
      )}
    </div>
  );
}

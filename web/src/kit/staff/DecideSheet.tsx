import { Trans, useLingui } from '@lingui/react/macro';
import { type ReactNode, useState } from 'react';
import { useWords } from '../api/words';
import { Button, excessOf, Sheet, TextArea } from '../ui';

/** A decision of staff: what will happen, why (kept in the log), and the button that says it. */
export function DecideSheet({
  open,
  onClose,
  title,
  words,
  act,
  danger,
  busy,
  error,
  onDecide,
  noteNeeded = true,
  toldToPerson = false,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  words: string;
  act: string;
  danger?: boolean;
  busy: boolean;
  error: unknown;
  onDecide: (note: string) => void;
  noteNeeded?: boolean;
  /** What is written is read by whom it is about. */
  toldToPerson?: boolean;
  children?: ReactNode;
}) {
  const { t } = useLingui();
  const say = useWords();
  const [note, setNote] = useState('');
  const [asked, setAsked] = useState(false);
  const limit = toldToPerson ? 200 : 500;
  const missing = noteNeeded && note.trim() === '';
  const kept = () => excessOf(note, limit) === 0 && onDecide(note.trim());
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={title}
      words={words}
      actions={
        <>
          <Button className="flex-1" onClick={onClose}>
            <Trans>Not now</Trans>
          </Button>
          <Button
            look={danger ? 'danger' : 'lamp'}
            className="flex-1"
            busy={busy}
            onClick={() => (missing ? setAsked(true) : kept())}
          >
            {act}
          </Button>
        </>
      }
    >
      {children}
      <TextArea
        label={t`Why`}
        hint={
          toldToPerson
            ? t`They can read this. Your name is kept in the log, and not shown to them.`
            : t`Kept in the log, with your name.`
        }
        rows={3}
        limit={limit}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        error={asked && missing ? t`Write a few words: somebody may ask later.` : undefined}
      />
      {error ? (
        <p role="alert" className="text-terracotta">
          {say(error)}
        </p>
      ) : null}
    </Sheet>
  );
}

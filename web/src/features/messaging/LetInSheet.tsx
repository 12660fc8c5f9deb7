import { Trans, useLingui } from '@lingui/react/macro';
import { useEffect, useState } from 'react';
import { Button, Sheet } from '../../kit/ui';
import { writeCode } from './crypto/transfer';
import { useFaultWords } from './NewBrowser';
import { useLetterbox } from './store';

/** A code with which another browser of the same profile takes over its key. */
export function LetInSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useLingui();
  const client = useLetterbox((state) => state.client);
  const words = useFaultWords();
  const [code, setCode] = useState<string | null>(null);
  const [fault, setFault] = useState<unknown>(null);

  useEffect(() => {
    setCode(null);
    setFault(null);
    if (!open || client === null) return;
    let current = true;
    client.offerIdentity().then(
      (made) => current && setCode(made),
      (error: unknown) => current && setFault(error),
    );
    return () => {
      current = false;
    };
  }, [open, client]);

  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t`Let in another browser`}
      words={t`Log in there, open Messages, press “I have a code”, and type this. It works for ten minutes, and only once.`}
      actions={
        <Button wide onClick={onClose}>
          <Trans>Done</Trans>
        </Button>
      }
    >
      {fault !== null ? (
        <p role="alert" className="text-terracotta">
          {words(fault)}
        </p>
      ) : (
        <p
          className="min-h-14 rounded-card bg-deep p-4 text-center font-display font-semibold text-lg tabular-nums"
          data-testid="identity-code"
          aria-live="polite"
        >
          {code === null ? '…' : writeCode(code)}
        </p>
      )}
      <p className="text-soft text-sm">
        <Trans>
          Type it into a browser of your own, and give it to nobody: it carries the key by which others know you. The
          server never sees it.
        </Trans>
      </p>
    </Sheet>
  );
}

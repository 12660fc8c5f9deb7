import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { useWords } from '../../kit/api/words';
import { Button, Coins, Field, Sheet, SheetFoot } from '../../kit/ui';
import { useConvert } from './data';

/** Earnings become coins to spend; there is no way back, and that is said first. */
export function ConvertSheet({
  open,
  onClose,
  available,
  debt,
  onDone,
}: {
  open: boolean;
  onClose: () => void;
  /** As much as can become coins now. */
  available: number;
  /** What is owed: it is paid first out of whatever comes. */
  debt: number;
  onDone: () => void;
}) {
  const { t } = useLingui();
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t`Turn earnings into coins`}
      words={t`One for one, at once. Coins can be spent here; they cannot be turned back into earnings.`}
    >
      {debt > 0 ? (
        <p className="text-terracotta text-sm">
          <Trans>
            <Coins amount={debt} /> are owed and paid first; what is left is yours to spend.
          </Trans>
        </p>
      ) : null}
      <ConvertForm
        available={available}
        onDone={() => {
          onClose();
          onDone();
        }}
      />
    </Sheet>
  );
}

function ConvertForm({ available, onDone }: { available: number; onDone: () => void }) {
  const { t, i18n } = useLingui();
  const words = useWords();
  const convert = useConvert();
  const [text, setText] = useState(String(available));
  const amount = /^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : 0;
  const fits = amount > 0 && amount <= available;
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (fits && !convert.isPending) convert.mutate(amount, { onSuccess: onDone });
      }}
    >
      <Field
        label={t`How many`}
        inputMode="numeric"
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
        hint={t`${i18n.number(available)} of your earnings can become coins now.`}
        error={
          convert.error
            ? words(convert.error)
            : text.trim() && !fits
              ? t`A whole number from 1 to ${i18n.number(available)}.`
              : undefined
        }
      />
      <SheetFoot>
        <Button type="submit" look="lamp" wide busy={convert.isPending} disabled={!fits}>
          {fits ? (
            <span>
              <Trans>
                Get <Coins amount={amount} />
              </Trans>
            </span>
          ) : (
            <Trans>Get coins</Trans>
          )}
        </Button>
      </SheetFoot>
    </form>
  );
}

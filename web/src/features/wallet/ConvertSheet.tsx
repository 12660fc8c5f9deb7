import { Trans, useLingui } from '@lingui/react/macro';
import { isRefusal } from '../../kit/api/errors';
import { Form, useForm } from '../../kit/form';
import { Button, Coins, Fault, Field, Sheet, SheetFoot } from '../../kit/ui';
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

const amountIn = (text: string) => (/^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : 0);

function ConvertForm({ available, onDone }: { available: number; onDone: () => void }) {
  const { t, i18n } = useLingui();
  const convert = useConvert();
  const fits = (text: string) => amountIn(text) > 0 && amountIn(text) <= available;
  const form = useForm({
    initial: { text: String(available) },
    liveRules: { text: (text) => text.trim() && !fits(text) && t`A whole number from 1 to ${i18n.number(available)}.` },
    refusals: { text: isRefusal },
    ready: ({ text }) => fits(text),
    send: ({ text }) => convert.mutateAsync(amountIn(text)),
    onSent: onDone,
  });
  return (
    <Form form={form} className="flex flex-col gap-4">
      <Field
        label={t`How many`}
        inputMode="numeric"
        autoComplete="off"
        {...form.field('text')}
        hint={t`${i18n.number(available)} of your earnings can become coins now.`}
      />
      <Fault>{form.fault}</Fault>
      <SheetFoot>
        <Button type="submit" look="lamp" wide busy={form.busy} disabled={!form.isReady}>
          {form.isReady ? (
            <span>
              <Trans>
                Get <Coins amount={amountIn(form.values.text)} />
              </Trans>
            </span>
          ) : (
            <Trans>Get coins</Trans>
          )}
        </Button>
      </SheetFoot>
    </Form>
  );
}

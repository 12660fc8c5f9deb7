import { useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { FormSheet } from '../FormSheet';
import { type FormOf, useForm } from '../form';
import { TextArea } from '../ui';

/** The rule and the limit of a reason, by who reads it: the log, or the person it is about too. */
export function useReason({ isTold = false } = {}) {
  const { t } = useLingui();
  return {
    limit: isTold ? 200 : 500,
    rule: (reason: string) => !reason.trim() && t`Write a few words: somebody may ask later.`,
  };
}

type ReasonFieldProps = ReturnType<FormOf<{ reason: string }>['field']> & { isTold?: boolean };

export function ReasonField({ isTold = false, ...field }: ReasonFieldProps) {
  const { t } = useLingui();
  return (
    <TextArea
      label={t`Why`}
      hint={
        isTold
          ? t`They can read this. Your name is kept in the log, and not shown to them.`
          : t`Kept in the log, with your name.`
      }
      rows={3}
      {...field}
    />
  );
}

interface DecideSheetProps {
  title: ReactNode;
  words: ReactNode;
  act: ReactNode;
  danger?: boolean;
  isTold?: boolean;
  onClose: () => void;
  /** Closes the sheet itself; what it throws is said in it. */
  onDecide: (reason: string) => Promise<void>;
}

/** A decision of staff that has a reason and nothing else: what will happen, why, and the button that says it. */
export function DecideSheet({ isTold, onDecide, ...sheet }: DecideSheetProps) {
  const { limit, rule } = useReason({ isTold });
  const form = useForm({
    initial: { reason: '' },
    limits: { reason: limit },
    rules: { reason: rule },
    send: ({ reason }) => onDecide(reason.trim()),
  });
  return (
    <FormSheet form={form} {...sheet}>
      <ReasonField isTold={isTold} {...form.field('reason')} />
    </FormSheet>
  );
}

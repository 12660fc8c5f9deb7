import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { Form, type FormFrame } from './form';
import { Button, Fault, Sheet, SheetFoot } from './ui';

interface FormSheetProps {
  form: FormFrame;
  title: ReactNode;
  words?: ReactNode;
  /** What the button says that sends it. */
  act: ReactNode;
  danger?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A sheet that is a form: Enter does what its main button says. */
export function FormSheet({ form, title, words, act, danger, onClose, children }: FormSheetProps) {
  return (
    <Sheet open onClose={onClose} title={title} words={words}>
      <Form form={form} className="flex flex-col gap-4">
        {children}
        <Fault>{form.fault}</Fault>
        <SheetFoot>
          <Button className="flex-1" onClick={onClose}>
            <Trans>Not now</Trans>
          </Button>
          <Button
            look={danger ? 'danger' : 'lamp'}
            className="flex-1"
            type="submit"
            busy={form.busy}
            disabled={!form.isReady}
          >
            {act}
          </Button>
        </SheetFoot>
      </Form>
    </Sheet>
  );
}

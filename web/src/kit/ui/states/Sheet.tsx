import { useState } from 'react';
import { Button } from '../Button';
import { Field } from '../Field';
import { Sheet, SheetFoot } from '../Sheet';
import { LONG_WORD, Opened, type Say, type StatesOf } from './state';

function Asked({ say, kind }: { say: Say; kind: 'question' | 'form' | 'much' }) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  const foot = (
    <>
      <Button onClick={close}>{say('Vazgeç', 'Cancel')}</Button>
      <Button look={kind === 'question' ? 'danger' : 'lamp'} onClick={close}>
        {kind === 'much' ? say('Okudum, kabul ediyorum', 'I have read and accept it') : say('Ayrıl', 'Leave')}
      </Button>
    </>
  );
  return (
    <>
      <Button onClick={() => setOpen(true)}>{say('Aç', 'Open')}</Button>
      <Sheet
        open={open}
        onClose={close}
        title={kind === 'much' ? LONG_WORD : say('Sohbetten ayrılınsın mı?', 'Leave the talk?')}
        words={say('İkiniz için de biter.', 'It ends for both of you.')}
        actions={kind === 'form' ? undefined : foot}
      >
        {kind === 'form' ? (
          <>
            <Field label={say('Neden?', 'Why?')} error={say('Birkaç söz yaz.', 'Write a few words.')} />
            <SheetFoot>{foot}</SheetFoot>
          </>
        ) : null}
        {kind === 'much' ? <p className="[overflow-wrap:anywhere]">{`${LONG_WORD} `.repeat(60)}</p> : null}
      </Sheet>
    </>
  );
}

export const states: StatesOf = (say) => ({
  question: new Opened(<Asked say={say} kind="question" />),
  form: new Opened(<Asked say={say} kind="form" />),
  'long, much': new Opened(<Asked say={say} kind="much" />),
});

import { Button } from '../Button';
import { Toasts, toast } from '../Toast';
import { LONG_WORD, nothing, Opened, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  'in passing': new Opened(
    <>
      <Button
        onClick={() => {
          toast(say('Kaydedildi.', 'Saved.'));
          toast(LONG_WORD, { kind: 'fault' });
          toast(say('Lambana biri geldi.', 'Somebody came to your lamp.'), {
            kind: 'news',
            action: { label: say('Sohbeti aç', 'Open the talk'), onClick: nothing },
          });
        }}
      >
        {say('Söyle', 'Say it')}
      </Button>
      <Toasts />
    </>,
  ),
});

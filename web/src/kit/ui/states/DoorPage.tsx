import { Button } from '../Button';
import { DoorPage } from '../DoorPage';
import { Field } from '../Field';
import { Alone, longWords, nothing, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  plain: new Alone(
    <DoorPage
      title={say('Hoş geldin', 'Welcome back')}
      lead={say('Lambalar yanıyor.', 'The lamps are lit.')}
      onBack={nothing}
    >
      <Field label={say('Kullanıcı adı', 'User name')} />
      <Button look="lamp" size="lg" wide>
        {say('Giriş yap', 'Log in')}
      </Button>
    </DoorPage>,
  ),
  'long words': new Alone(
    <DoorPage title={longWords('Uzun', 'long')} lead={longWords('Altındaki sözler de', 'words below it')}>
      <p>{longWords('Sayfanın kendisi', 'the page itself')}</p>
    </DoorPage>,
  ),
});

import { CodeField } from '../CodeField';
import { Keeping, nothing, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  empty: (
    <Keeping first="">
      {(value, keep) => (
        <CodeField
          label={say('Kod', 'Code')}
          value={value}
          onChange={keep}
          onComplete={nothing}
          hint={say('Telefonuna gönderdik.', 'We sent it to your phone.')}
        />
      )}
    </Keeping>
  ),
  'half, pending, error': (
    <div className="flex flex-col gap-4">
      <CodeField label={say('Yarım', 'Half')} value="123" onChange={nothing} onComplete={nothing} />
      <CodeField label={say('Yolda', 'On its way')} value="123456" onChange={nothing} onComplete={nothing} busy />
      <CodeField
        label={say('Yanlış', 'Wrong')}
        value="123456"
        onChange={nothing}
        onComplete={nothing}
        error={say('Gönderdiğimiz kod bu değil. Kalan deneme: 2.', 'That is not the code we sent. 2 tries are left.')}
      />
      <CodeField
        label={say('Sekiz hane', 'Eight digits')}
        value="1234"
        length={8}
        onChange={nothing}
        onComplete={nothing}
      />
    </div>
  ),
});

import { BirthDateField } from '../BirthDateField';
import { Keeping, type StatesOf } from './state';

const EMPTY = { day: '', month: '', year: '' };

export const states: StatesOf = (say) => ({
  empty: (
    <Keeping first={EMPTY}>
      {(value, keep) => (
        <BirthDateField value={value} onChange={keep} hint={say('Yalnızca yaşın için.', 'Only to know your age.')} />
      )}
    </Keeping>
  ),
  filled: (
    <Keeping first={{ day: '28', month: '9', year: '1990' }}>
      {(value, keep) => <BirthDateField value={value} onChange={keep} />}
    </Keeping>
  ),
  error: (
    <Keeping first={{ day: '31', month: '2', year: '1990' }}>
      {(value, keep) => (
        <BirthDateField value={value} onChange={keep} error={say('Böyle bir gün yok.', 'There is no such day.')} />
      )}
    </Keeping>
  ),
});

import { Stepper } from '../Stepper';
import { Keeping, Side, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  plain: (
    <Side>
      {[1, 5, 999].map((first) => (
        <Keeping key={first} first={first}>
          {(value, keep) => (
            <Stepper label={say(`${first} tane`, `${first} of them`)} value={value} onChange={keep} most={999} />
          )}
        </Keeping>
      ))}
    </Side>
  ),
});

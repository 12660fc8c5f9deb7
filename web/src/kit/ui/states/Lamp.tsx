import { Festoon, Lamp } from '../Lamp';
import { Side, Stack, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  lamp: (
    <Side>
      <Lamp />
      <Lamp breathing />
    </Side>
  ),
  festoon: (
    <Stack>
      {[
        [0, 3],
        [2, 3],
        [10, 10],
        [50, 50],
      ].map(([left = 0, limit = 0]) => (
        <Festoon key={limit + left} left={left} limit={limit} label={say(`${left} kaldı`, `${left} left`)} />
      ))}
    </Stack>
  ),
});

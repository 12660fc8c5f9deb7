import { Figure, Money } from '../money';
import { Side, type StatesOf } from './state';

export const states: StatesOf = () => ({
  plain: (
    <Side>
      <Money amount={4999} currency="TRY" />
      <Money amount={0} currency="TRY" />
      <Money amount={500} currency="JPY" />
      <Money amount={123_456_789} currency="EUR" />
      <Figure value={-42} signed />
      <Figure value={1_234_567} signed />
    </Side>
  ),
});

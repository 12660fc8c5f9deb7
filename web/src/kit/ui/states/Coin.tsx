import { Coin, Coins } from '../Coin';
import { Side, type StatesOf } from './state';

export const states: StatesOf = () => ({
  plain: (
    <Side>
      <Coin />
      <Coin className="size-12" />
      <Coins amount={1} />
      <Coins amount={1250} />
      <Coins amount={1_000_000} />
    </Side>
  ),
});

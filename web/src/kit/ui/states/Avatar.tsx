import { Alias, Avatar } from '../Avatar';
import { LONG_WORD, Side, Stack, type StatesOf } from './state';

const SEEDS = ['kedi', 'nehir', 'ada', 'lale', 'fener', 'simit', 'vapur', 'zeytin', 'martı', 'incir', 'kum', 'çınar'];

export const states: StatesOf = () => ({
  tiles: (
    <Side>
      {SEEDS.map((seed) => (
        <Avatar key={seed} seed={seed} />
      ))}
    </Side>
  ),
  sizes: (
    <Side>
      {[20, 36, 44, 72].map((size) => (
        <Avatar key={size} seed="ada" size={size} />
      ))}
    </Side>
  ),
  alias: (
    <Stack>
      <Alias alias="a" tag="0001" />
      <Alias alias="kediadam" tag="9021" />
      <Alias alias={LONG_WORD} tag="9021" />
    </Stack>
  ),
});

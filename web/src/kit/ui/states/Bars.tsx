import { Bars } from '../Bars';
import { Figure } from '../money';
import { Stack, type StatesOf } from './state';

const days = (count: number, of: (day: number) => number) =>
  Array.from({ length: count }, (_, day) => ({
    label: `2026-11-${String(day + 1).padStart(2, '0')}`,
    value: of(day),
    words: `₺${of(day)}`,
  }));

export const states: StatesOf = (say) => ({
  plain: (
    <Bars
      title={say('Bir ayda gelen', 'Came in within a month')}
      bars={days(30, (day) => (day * 7919) % 400)}
      total={<Figure value={5973} />}
    />
  ),
  'one day, and none': (
    <Stack>
      <Bars title={say('Bir gün', 'One day')} bars={days(1, () => 12)} total={<Figure value={12} />} />
      <Bars title={say('Hiçbir şey', 'Nothing')} bars={days(7, () => 0)} total={<Figure value={0} />} />
    </Stack>
  ),
});

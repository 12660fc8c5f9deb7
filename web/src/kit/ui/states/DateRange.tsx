import { DateRange } from '../DateRange';
import { Stack, type StatesOf } from './state';

const days = { today: '2026-11-30', onChange: () => undefined };

export const states: StatesOf = () => ({
  'open, of thirty days': (
    <Stack>
      <DateRange {...days} />
      <DateRange {...days} from="2026-11-01" until="2026-12-01" />
    </Stack>
  ),
});

import { serverNow } from '../../clock';
import { Lately, Moment } from '../time';
import { Stack, type StatesOf } from './state';

const ago = (minutes: number) => new Date(serverNow() - minutes * 60_000).toISOString();
const MINUTES = [0, 7, 200, 3000, -1500];

export const states: StatesOf = () => ({
  plain: (
    <Stack>
      {MINUTES.map((minutes) => (
        <p key={minutes}>
          <Moment at={ago(minutes)} /> · <Lately at={ago(minutes)} />
        </p>
      ))}
    </Stack>
  ),
});

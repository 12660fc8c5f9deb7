import { Fault } from '../Fault';
import { LONG_WORD, Stack, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  'error, long, none': (
    <Stack>
      <Fault>{say('Bu ad alınmış.', 'This name is taken.')}</Fault>
      <Fault>{LONG_WORD}</Fault>
      <Fault>{null}</Fault>
    </Stack>
  ),
});

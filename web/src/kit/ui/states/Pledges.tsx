import { ShieldCheck } from 'lucide-react';
import { Pledge, Pledges } from '../Pledges';
import { LONG_WORD, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  plain: (
    <Pledges>
      <Pledge icon={<ShieldCheck aria-hidden />}>
        {say('Sunucu yazdıklarını okuyamaz.', 'The server cannot read what you write.')}
      </Pledge>
      <Pledge icon={<ShieldCheck aria-hidden />}>{LONG_WORD}</Pledge>
    </Pledges>
  ),
  quiet: (
    <Pledges quiet>
      <Pledge icon={<ShieldCheck aria-hidden />}>{say('Kısa bir söz.', 'A short word.')}</Pledge>
    </Pledges>
  ),
});

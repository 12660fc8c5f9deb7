import { Check, Clock } from 'lucide-react';
import { Chip, ChipToggle } from '../Chip';
import { Forced, Keeping, LONG_WORD, Side, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  tones: (
    <Side>
      <Chip>{say('bekliyor', 'waiting')}</Chip>
      <Chip tone="lamp" icon={<Clock aria-hidden />}>
        {say('sırada', 'in line')}
      </Chip>
      <Chip tone="moss" icon={<Check aria-hidden />}>
        {say('doğrulandı', 'verified')}
      </Chip>
      <Chip tone="terracotta">{say('engelli', 'banned')}</Chip>
    </Side>
  ),
  'long word': <Chip tone="moss">{LONG_WORD}</Chip>,
  toggle: (
    <Keeping first={new Set([1])}>
      {(on, keep) => (
        <Side>
          {[say('kitap', 'books'), say('yürüyüş', 'walking'), say('deniz', 'the sea')].map((word, index) => (
            <ChipToggle
              key={word}
              on={on.has(index)}
              onChange={(isOn) => keep(new Set([...on, index].filter((one) => isOn || one !== index)))}
            >
              {word}
            </ChipToggle>
          ))}
        </Side>
      )}
    </Keeping>
  ),
  'toggle: hover, focus, disabled, long': (
    <Side>
      <Forced as="hover">
        <ChipToggle on={false} onChange={() => {}}>
          {say('müzik', 'music')}
        </ChipToggle>
      </Forced>
      <Forced as="focus">
        <ChipToggle on onChange={() => {}}>
          {say('film', 'films')}
        </ChipToggle>
      </Forced>
      <ChipToggle on={false} onChange={() => {}} disabled>
        {say('kapalı', 'disabled')}
      </ChipToggle>
      <ChipToggle on onChange={() => {}}>
        {LONG_WORD}
      </ChipToggle>
    </Side>
  ),
});

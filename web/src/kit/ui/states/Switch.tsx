import { Switch, SwitchList } from '../Switch';
import { Forced, Keeping, LONG_WORD, nothing, type Say, type StatesOf } from './state';

function Sound({ say, first }: { say: Say; first: boolean }) {
  return (
    <Keeping first={first}>
      {(on, keep) => (
        <Switch
          label={say('Hafif bir ses', 'A soft sound')}
          hint={say('Bu tarayıcıda.', 'In this browser.')}
          checked={on}
          onChange={keep}
        />
      )}
    </Keeping>
  );
}

export const states: StatesOf = (say) => ({
  'on, off': (
    <SwitchList>
      <Sound say={say} first />
      <Sound say={say} first={false} />
    </SwitchList>
  ),
  'hover, focus': (
    <SwitchList>
      <Forced as="hover">
        <Sound say={say} first />
      </Forced>
      <Forced as="focus">
        <Sound say={say} first={false} />
      </Forced>
    </SwitchList>
  ),
  'disabled, long words': (
    <SwitchList>
      <Switch label={say('Değişmez', 'Cannot be changed')} checked disabled onChange={nothing} />
      <Switch label={say('Değişmez', 'Cannot be changed')} checked={false} disabled onChange={nothing} />
      <Switch label={<span className="wrap-anywhere">{LONG_WORD}</span>} checked onChange={nothing} />
    </SwitchList>
  ),
});

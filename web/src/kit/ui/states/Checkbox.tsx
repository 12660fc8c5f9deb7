import { Checkbox } from '../Checkbox';
import { Forced, Keeping, LONG_WORD, nothing, type Say, Stack, type StatesOf } from './state';

function Ticked({ say, first, error }: { say: Say; first: boolean; error?: string }) {
  return (
    <Keeping first={first}>
      {(value, keep) => (
        <Checkbox
          label={say('Kuralları okudum', 'I have read the rules')}
          value={value}
          onChange={keep}
          error={error}
        />
      )}
    </Keeping>
  );
}

export const states: StatesOf = (say) => ({
  'on, off': (
    <Stack>
      <Ticked say={say} first />
      <Ticked say={say} first={false} />
    </Stack>
  ),
  'hint, error': (
    <Stack>
      <Checkbox
        label={say('Satışta', 'For sale')}
        hint={say('Herkes görür.', 'Everybody sees it.')}
        value
        onChange={nothing}
      />
      <Ticked say={say} first={false} error={say('Bunsuz devam edemezsin.', 'You cannot go on without it.')} />
    </Stack>
  ),
  'hover, focus': (
    <Stack>
      <Forced as="hover">
        <Ticked say={say} first />
      </Forced>
      <Forced as="focus">
        <Ticked say={say} first={false} />
      </Forced>
    </Stack>
  ),
  'disabled, long words': (
    <Stack>
      <Checkbox label={say('Değişmez', 'Cannot be changed')} value disabled onChange={nothing} />
      <Checkbox label={LONG_WORD} value={false} onChange={nothing} />
    </Stack>
  ),
});

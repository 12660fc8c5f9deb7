import { RadioList } from '../RadioList';
import { Forced, Keeping, LONG_WORD, type Say, Stack, type StatesOf } from './state';

function Reasons({ say, first, error }: { say: Say; first: '' | 'one'; error?: string }) {
  return (
    <Keeping<'' | 'one' | 'two' | 'three'> first={first}>
      {(value, keep) => (
        <RadioList
          label={say('Neden?', 'Why?')}
          value={value}
          onChange={keep}
          error={error}
          options={[
            { value: 'one', words: say('İstenmeyen reklam', 'Advertising') },
            { value: 'two', words: say('Başka bir şey', 'Something else'), hint: say('anlatırsın', 'you say what') },
            { value: 'three', words: <span className="[overflow-wrap:anywhere]">{LONG_WORD}</span> },
          ]}
        />
      )}
    </Keeping>
  );
}

export const states: StatesOf = (say) => ({
  plain: <Reasons say={say} first="one" />,
  'empty, error': <Reasons say={say} first="" error={say('Birini seç.', 'Choose one.')} />,
  'hover, focus': (
    <Stack>
      <Forced as="hover">
        <Reasons say={say} first="one" />
      </Forced>
      <Forced as="focus">
        <Reasons say={say} first="one" />
      </Forced>
    </Stack>
  ),
});

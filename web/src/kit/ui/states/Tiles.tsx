import { Coin } from '../Coin';
import { Tiles } from '../Tiles';
import { Forced, Keeping, LONG_WORD, type Say, Stack, type StatesOf } from './state';

function Packs({ say, hideLabel }: { say: Say; hideLabel?: boolean }) {
  return (
    <Keeping<'one' | 'two' | 'three'> first="two">
      {(value, keep) => (
        <Tiles
          label={say('Kaç jeton?', 'How many coins?')}
          hideLabel={hideLabel}
          value={value}
          onChange={keep}
          className="grid-cols-[repeat(auto-fit,minmax(min(9rem,100%),1fr))]"
          options={[
            {
              value: 'one',
              words: (
                <>
                  <Coin />
                  {say('yüz', 'a hundred')}
                </>
              ),
            },
            { value: 'two', words: say('beş yüz', 'five hundred') },
            { value: 'three', words: <span className="min-w-0 [overflow-wrap:anywhere]">{LONG_WORD}</span> },
          ]}
        />
      )}
    </Keeping>
  );
}

export const states: StatesOf = (say) => ({
  plain: <Packs say={say} />,
  'hover, focus': (
    <Stack>
      <Forced as="hover">
        <Packs say={say} hideLabel />
      </Forced>
      <Forced as="focus">
        <Packs say={say} hideLabel />
      </Forced>
    </Stack>
  ),
});

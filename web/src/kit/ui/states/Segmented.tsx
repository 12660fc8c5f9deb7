import { Moon, Sun } from 'lucide-react';
import { Segmented } from '../Segmented';
import { Keeping, Stack, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  plain: (
    <Keeping<'day' | 'night'> first="day">
      {(value, keep) => (
        <Segmented
          label={say('Görünüm', 'Look')}
          value={value}
          onChange={keep}
          options={[
            { value: 'day', words: say('Gündüz', 'Day'), icon: <Sun aria-hidden /> },
            { value: 'night', words: say('Gece', 'Night'), icon: <Moon aria-hidden /> },
          ]}
        />
      )}
    </Keeping>
  ),
  'long words': (
    <Stack>
      <Keeping<'a' | 'b' | 'c'> first="b">
        {(value, keep) => (
          <Segmented
            label={say('Ne zaman', 'When')}
            value={value}
            onChange={keep}
            options={[
              { value: 'a', words: say('Her zaman', 'Always') },
              { value: 'b', words: say('Kullandığımda', 'While I use it') },
              { value: 'c', words: say('Hiçbir zaman', 'Not at all') },
            ]}
          />
        )}
      </Keeping>
    </Stack>
  ),
});

import { CloudOff, ShieldAlert } from 'lucide-react';
import { Banner, SkipLink } from '../Above';
import { LONG_WORD, Screen, Stack, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  banners: (
    <Stack>
      <Banner icon={<CloudOff aria-hidden />}>
        {say('Çevrimdışısın. Yazdıkların saklanır.', 'You are offline. What you write is kept.')}
      </Banner>
      <Banner tone="terracotta" icon={<ShieldAlert aria-hidden />}>
        {LONG_WORD} {say('uzun sözlerle', 'with long words')}
      </Banner>
    </Stack>
  ),
  'skip link': (
    <Screen height={80}>
      <div data-force="focus">
        <SkipLink />
      </div>
    </Screen>
  ),
});

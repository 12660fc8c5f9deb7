import { CloudOff, MessageCircle, ShieldAlert, UserRound, Users } from 'lucide-react';
import { Banner, BottomBar, DuskSign, type Place, Rail, SkipLink, TopBar } from '../Frame';
import { SquareIcon } from '../SquareIcon';
import { LONG_WORD, type Say, Screen, Stack, type StatesOf } from './state';

const placesOf = (say: Say): Place[] => [
  { to: '/', words: say('Meydan', 'Square'), icon: <SquareIcon /> },
  { to: '/people', words: say('Kişiler', 'People'), icon: <Users aria-hidden />, useCount: () => 3 },
  { to: '/messages', words: say('Mesajlar', 'Messages'), icon: <MessageCircle aria-hidden />, useCount: () => 120 },
  { to: '/me', words: say('Ben', 'Me'), icon: <UserRound aria-hidden /> },
];

export const states: StatesOf = (say) => ({
  'on a phone': (
    <Screen height={210}>
      <TopBar brief>
        <DuskSign alias="kedi" />
      </TopBar>
      <BottomBar label={say('Yerler, telefonda', 'Places, on a phone')} places={placesOf(say)} />
    </Screen>
  ),
  'on a phone, long': (
    <Screen height={210}>
      <TopBar brief>
        <DuskSign alias={LONG_WORD} />
      </TopBar>
    </Screen>
  ),
  'on a desktop': (
    <Screen height={480}>
      <Rail
        label={say('Yerler, masaüstünde', 'Places, on a desktop')}
        places={placesOf(say)}
        foot={<DuskSign alias={LONG_WORD} />}
      />
    </Screen>
  ),
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

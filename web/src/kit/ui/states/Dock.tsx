import { X } from 'lucide-react';
import { IconButton } from '../Button';
import { Dock, DockCard } from '../Dock';
import { LONG_WORD, Screen, Stack, type StatesOf } from './state';

export const states: StatesOf = (say) => {
  const card = (label: string, title: string) => (
    <DockCard
      label={label}
      icon={<span className="size-3 rounded-full bg-lamp" />}
      title={<a href="#Dock">{title}</a>}
      action={
        <IconButton label={say('Bırak', 'Stop')}>
          <X aria-hidden />
        </IconButton>
      }
    >
      <span className="text-soft text-xs">0:42</span>
    </DockCard>
  );
  return {
    'in a corner': (
      <Screen height={220}>
        <Dock strip={false}>{card(say('Arayış', 'The search'), say('Biri aranıyor', 'Looking for somebody'))}</Dock>
      </Screen>
    ),
    'as a strip, long': (
      <Stack>
        <Dock strip>{card(say('Uzun', 'Long'), LONG_WORD)}</Dock>
      </Stack>
    ),
  };
};

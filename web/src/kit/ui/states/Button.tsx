import { Flag, Plus } from 'lucide-react';
import { Button, IconButton } from '../Button';
import { Forced, LONG_WORD, type Say, Side, Stack, type StatesOf } from './state';

const LOOKS = ['lamp', 'plain', 'quiet', 'danger'] as const;

function Looks({ say, disabled, busy }: { say: Say; disabled?: boolean; busy?: boolean }) {
  return (
    <Side>
      {LOOKS.map((look) => (
        <Button key={look} look={look} disabled={disabled} busy={busy}>
          {say('Biriyle tanış', 'Meet someone')}
        </Button>
      ))}
      <IconButton label={say('Şikâyet et', 'Report')} disabled={disabled}>
        <Flag aria-hidden />
      </IconButton>
    </Side>
  );
}

export const states: StatesOf = (say) => ({
  plain: <Looks say={say} />,
  hover: (
    <Forced as="hover">
      <Looks say={say} />
    </Forced>
  ),
  focus: (
    <Forced as="focus">
      <Looks say={say} />
    </Forced>
  ),
  pending: <Looks say={say} busy />,
  disabled: <Looks say={say} disabled />,
  sizes: (
    <Side>
      {(['sm', 'md', 'lg'] as const).map((size) => (
        <Button key={size} size={size} icon={<Plus aria-hidden className="size-5" />}>
          {say('Ekle', 'Add')}
        </Button>
      ))}
      <Button asChild look="lamp">
        <a href="#button">{say('Bir bağlantı', 'A link')}</a>
      </Button>
    </Side>
  ),
  'long words': (
    <Stack>
      <Button wide>
        {say(
          'Bildirimleri bu cihazda aç ve bana her tanışmada haber ver',
          'Switch notifications on and tell me of every meeting',
        )}
      </Button>
      <Button look="lamp" wide>
        {LONG_WORD}
      </Button>
    </Stack>
  ),
});

import { Copy, Ellipsis, Reply } from 'lucide-react';
import { IconButton } from '../Button';
import { Menu, MenuChoice, MenuItem } from '../Menu';
import { Keeping, LONG_WORD, nothing, Opened, type Say, type StatesOf } from './state';

const EMOJI = ['❤️', '👍', '👎', '😂', '😮', '😢', '🙏', '🔥', '👏', '🎉', '🤔', '☕'] as const;

function Open({ say, long }: { say: Say; long?: boolean }) {
  return (
    <Keeping first={false}>
      {(open, onOpenChange) => (
        <Menu
          open={open}
          onOpenChange={onOpenChange}
          trigger={
            <IconButton label={say('Bu mesajla ne yapılır', 'What to do with this message')}>
              <Ellipsis aria-hidden />
            </IconButton>
          }
        >
          {long ? null : <MenuChoice label={say('Tepki', 'React')} value="👍" values={EMOJI} onChoose={nothing} />}
          <MenuItem icon={<Reply aria-hidden />} onSelect={nothing}>
            {say('Yanıtla', 'Reply')}
          </MenuItem>
          <MenuItem icon={<Copy aria-hidden />} onSelect={nothing}>
            {long ? LONG_WORD : say('Kopyala', 'Copy')}
          </MenuItem>
        </Menu>
      )}
    </Keeping>
  );
}

export const states: StatesOf = (say) => ({
  plain: new Opened(<Open say={say} />),
  'long words': new Opened(<Open say={say} long />),
});

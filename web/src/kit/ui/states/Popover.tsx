import { Button } from '../Button';
import { Popover } from '../Popover';
import { LONG_WORD, Opened, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  plain: new Opened(
    <Popover
      label={say('Sohbet ne zaman bitiyor', 'When this talk ends')}
      trigger={<Button size="sm">{say('18 saat kaldı', '18 hours left')}</Button>}
    >
      <p>{say('1 Aralık 22:40. Yazılanlar o an unutulur.', '1 December, 22:40. What was said is forgotten then.')}</p>
    </Popover>,
  ),
  'long, much': new Opened(
    <Popover
      align="start"
      label={say('Çok söz', 'Many words')}
      trigger={<Button size="sm">{say('Ayrıntılar', 'Details')}</Button>}
    >
      <p>{`${LONG_WORD} `.repeat(12)}</p>
    </Popover>,
  ),
});

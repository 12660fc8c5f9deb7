import { Moon } from 'lucide-react';
import { Avatar } from '../Avatar';
import { Button } from '../Button';
import { CardList } from '../Card';
import { Chip } from '../Chip';
import { ButtonRow, LinkRow, ListDetail, Page, Row, RowBody } from '../Page';
import { Alone, Forced, LONG_WORD, longWords, nothing, type Say, type StatesOf } from './state';

function Rows({ say }: { say: Say }) {
  return (
    <CardList label={say('Kişiler', 'People')}>
      <Row icon={<Avatar seed="ada" />} title="ada" words={say('az önce', 'just now')} aside={<Chip>3</Chip>} />
      <LinkRow to="/people" icon={<Moon aria-hidden />} title={say('Yüzler', 'Faces')} />
      <ButtonRow title={say('Engeli kaldır', 'Unblock')} onClick={nothing} />
      <Row
        icon={<Avatar seed="lale" />}
        title={<span className="[overflow-wrap:anywhere]">{LONG_WORD}</span>}
        words={longWords('uzun', 'words')}
        aside={<Chip tone="moss">{say('doğrulandı', 'verified')}</Chip>}
      />
    </CardList>
  );
}

export const states: StatesOf = (say) => ({
  rows: <Rows say={say} />,
  'hover, focus': (
    <CardList>
      <li>
        <Forced as="hover">
          <ul>
            <LinkRow to="/wallet" title={say('Cüzdan', 'Wallet')} />
          </ul>
        </Forced>
      </li>
      <li>
        <Forced as="focus">
          <ul>
            <ButtonRow title={say('Engeli kaldır', 'Unblock')} onClick={nothing} />
          </ul>
        </Forced>
      </li>
    </CardList>
  ),
  body: (
    <p className="flex gap-3">
      <RowBody title={say('Satırın içi', 'What a row holds')} words={say('tek başına', 'alone')} />
    </p>
  ),
  page: new Alone(
    <main>
      <Page
        title={longWords('Uzun başlık', 'long title')}
        back="/me"
        lead={say('Başlığın altında bir cümle.', 'One sentence below the title.')}
        aside={<Button size="sm">{say('Hepsini okundu say', 'Mark all as read')}</Button>}
      >
        <Rows say={say} />
      </Page>
    </main>,
  ),
  'list and detail': new Alone(
    <main>
      <ListDetail
        showing="detail"
        list={
          <Page title={say('Mesajlar', 'Messages')}>
            <Rows say={say} />
          </Page>
        }
        detail={<h1 className="p-6">{say('Bir sohbet', 'A talk')}</h1>}
      />
    </main>,
  ),
});

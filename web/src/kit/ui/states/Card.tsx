import { Button } from '../Button';
import { Card, CardList, Section } from '../Card';
import { Row } from '../Page';
import { LONG_WORD, Stack, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  plain: <Card>{say('Gündüz bir yaprak kâğıt, gece bir taş.', 'A sheet of paper by day, a stone by night.')}</Card>,
  list: (
    <CardList label={say('Satırlar', 'Rows')}>
      <Row title={say('Bir', 'One')} />
      <Row title={say('İki', 'Two')} words={say('altında birkaç sözle', 'with a few words below')} />
    </CardList>
  ),
  'section, long words': (
    <Stack>
      <Section title={say('Bugünkü tanışmalar', 'Met today')} aside={<Button size="sm">{say('Hepsi', 'All')}</Button>}>
        <Card>{LONG_WORD}</Card>
      </Section>
      <Section title={LONG_WORD} aside={<Button size="sm">{say('Hepsini göster', 'Show all of them')}</Button>}>
        <Card>{say('Uzun bir başlığın altı.', 'Below a long heading.')}</Card>
      </Section>
    </Stack>
  ),
});

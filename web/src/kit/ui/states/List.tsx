import { CardList } from '../Card';
import { List } from '../List';
import { Row } from '../Page';
import { EmptyState } from '../States';
import { LONG_WORD, nothing, type Say, Stack, type StatesOf } from './state';

const asked = { data: undefined as string[] | undefined, isError: false, refetch: nothing };
const more = { hasNextPage: true, isFetchingNextPage: false, isFetchNextPageError: false, fetchNextPage: nothing };

function Shown({ say, query }: { say: Say; query: typeof asked & Partial<typeof more> }) {
  return (
    <List
      query={query}
      rows={2}
      empty={
        <EmptyState title={say('Henüz kimse yok', 'Nobody yet')}>
          {say('Tanıştıkların burada durur.', 'People whom you meet stand here.')}
        </EmptyState>
      }
    >
      {(items) => (
        <CardList>
          {items.map((item) => (
            <Row key={item} title={<span className="[overflow-wrap:anywhere]">{item}</span>} />
          ))}
        </CardList>
      )}
    </List>
  );
}

export const states: StatesOf = (say) => ({
  pending: <Shown say={say} query={asked} />,
  error: <Shown say={say} query={{ ...asked, isError: true }} />,
  empty: <Shown say={say} query={{ ...asked, data: [] }} />,
  'more, on its way, failed': (
    <Stack>
      <Shown say={say} query={{ ...asked, ...more, data: ['ada', LONG_WORD] }} />
      <Shown say={say} query={{ ...asked, ...more, data: ['ada'], isFetchingNextPage: true }} />
      <Shown say={say} query={{ ...asked, ...more, data: ['ada'], isFetchNextPageError: true }} />
    </Stack>
  ),
});

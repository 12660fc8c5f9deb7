import { DataTable } from '../DataTable';
import { Money } from '../money';
import { LONG_WORD, type Say, Stack, type StatesOf } from './state';

const columns = (say: Say) => [
  { title: say('Kim', 'Who'), cell: ([who]: readonly [string, number]) => who },
  { title: say('Ne zaman', 'When'), cell: () => '30 Kas 2026 22:41' },
  {
    title: say('Tutar', 'Amount'),
    cell: ([, amount]: readonly [string, number]) => <Money amount={amount} currency="TRY" />,
    numeric: true,
    sort: 'amount',
  },
];

export const states: StatesOf = (say) => ({
  'sorted, long words, empty': (
    <Stack>
      <DataTable
        label={say('Ödemeler', 'Payments')}
        columns={columns(say)}
        items={[['ada', 4999] as const, ['nehir', 1_234_567_890] as const, [LONG_WORD, 1] as const]}
        rowKey={([who]) => who}
        sorting={{ by: 'amount', order: 'asc', onSort: () => undefined }}
      />
      <DataTable label={say('Boş', 'Empty')} columns={columns(say)} items={[]} rowKey={([who]) => who} />
    </Stack>
  ),
});

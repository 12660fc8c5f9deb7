import { Loaded } from '../Loaded';
import { MoreButton } from '../MoreButton';
import { nothing, Side, type StatesOf } from './state';

const query = { data: undefined as string | undefined, isError: false, refetch: nothing };

export const states: StatesOf = (say) => ({
  pending: (
    <Loaded query={query} rows={2}>
      {(words) => words}
    </Loaded>
  ),
  error: <Loaded query={{ ...query, isError: true }}>{(words) => words}</Loaded>,
  there: <Loaded query={{ ...query, data: say('Geldi.', 'It came.') }}>{(words) => <p>{words}</p>}</Loaded>,
  more: (
    <Side>
      <MoreButton
        query={{ hasNextPage: true, isFetchingNextPage: false, isFetchNextPageError: false, fetchNextPage: nothing }}
      />
      <MoreButton
        query={{ hasNextPage: true, isFetchingNextPage: true, isFetchNextPageError: false, fetchNextPage: nothing }}
      />
    </Side>
  ),
});

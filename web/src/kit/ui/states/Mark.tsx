import { CommunityName, Mark, Wordmark } from '../Mark';
import { SquareIcon } from '../SquareIcon';
import { LONG_WORD, Side, type StatesOf } from './state';

export const states: StatesOf = () => ({
  plain: (
    <Side>
      <Mark />
      <Mark className="size-14" />
      <SquareIcon />
      <Wordmark />
    </Side>
  ),
  'long name': (
    <div className="flex">
      <CommunityName value={`Gece ${LONG_WORD}`}>
        <Wordmark />
      </CommunityName>
    </div>
  ),
});

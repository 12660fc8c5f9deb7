import { Bone, ListSkeleton, Skeleton } from '../Skeleton';
import { Stack, type StatesOf } from './state';

export const states: StatesOf = () => ({
  plain: (
    <Stack>
      <Skeleton className="flex flex-col gap-2">
        <Bone className="w-1/2" />
        <Bone className="h-24 w-full rounded-card" />
      </Skeleton>
      <ListSkeleton rows={2} />
    </Stack>
  ),
});

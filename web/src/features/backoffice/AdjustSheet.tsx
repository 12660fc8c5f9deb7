import { useLingui } from '@lingui/react/macro';
import { useRef } from 'react';
import { FormSheet } from '../../kit/FormSheet';
import { useForm } from '../../kit/form';
import { ReasonField, useReason } from '../../kit/staff';
import { Field, Segmented, toast } from '../../kit/ui';
import { randomUuid } from '../../kit/uuid';
import { type StaffPerson, useAdjust } from './data';

type Direction = 'give' | 'take';

const coinsIn = (text: string) => (/^\d{1,10}$/.test(text.trim()) ? Number(text.trim()) : 0);

/** Coins out of the community's promotions, or back to them; never into debt, never more than a day allows. */
export function AdjustSheet({ member, onClose }: { member: StaffPerson; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const adjust = useAdjust(member.person.user_id);
  const key = useRef(randomUuid());
  const { limit, rule } = useReason({ isTold: true });
  const fault = useCoinsFault(member);
  const form = useForm({
    initial: { direction: 'give' as Direction, coins: '', reason: '' },
    limits: { reason: limit },
    rules: { coins: (coins, { direction }) => fault(coinsIn(coins), direction), reason: rule },
    send: async ({ direction, coins, reason }) => {
      await adjust.mutateAsync({ key: key.current, direction, coins: coinsIn(coins), reason: reason.trim() });
      toast(direction === 'give' ? t`The coins are theirs.` : t`The coins are taken.`);
      onClose();
    },
  });
  const { direction } = form.values;
  const today = i18n.number(member.adjustable);
  return (
    <FormSheet
      form={form}
      onClose={onClose}
      title={t`Give or take coins`}
      words={
        direction === 'give'
          ? t`They come out of the community's promotions. If something is owed, it is paid from them first.`
          : t`They go back to the community's promotions. Only what is there is taken; nobody ends up owing anything.`
      }
      act={direction === 'give' ? t`Give coins` : t`Take coins`}
      danger={direction === 'take'}
    >
      <Segmented
        label={t`Give or take`}
        {...form.choice('direction')}
        options={[
          { value: 'give', words: t`Give` },
          { value: 'take', words: t`Take` },
        ]}
      />
      <Field
        label={t`How many coins`}
        inputMode="numeric"
        hint={t`You may move ${today} more today.`}
        {...form.field('coins')}
      />
      <ReasonField isTold {...form.field('reason')} />
    </FormSheet>
  );
}

/** Words for a number of coins that may not be moved. */
function useCoinsFault({ adjustable, wallet }: StaffPerson): (coins: number, direction: Direction) => string | false {
  const { t, i18n } = useLingui();
  return (coins, direction) => {
    const most = direction === 'give' ? adjustable : Math.min(adjustable, wallet.available);
    if (coins >= 1 && coins <= most) return false;
    if (adjustable === 0) return t`You have moved as many coins as you may in one day. You can move more tomorrow.`;
    if (most === 0) return t`There is nothing to take: what they have is spent or set aside.`;
    const atMost = i18n.number(most);
    return t`Write a whole number up to ${atMost}.`;
  };
}

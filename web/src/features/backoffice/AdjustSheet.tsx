import { useLingui } from '@lingui/react/macro';
import { useRef, useState } from 'react';
import { DecideSheet } from '../../kit/staff';
import { Field, Segmented, toast } from '../../kit/ui';
import { randomUuid } from '../../kit/uuid';
import { type StaffPerson, useAdjust } from './data';

/** Coins out of the community's promotions, or back to them; never into debt, never more than a day allows. */
export function AdjustSheet({ member, onClose }: { member: StaffPerson; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const adjust = useAdjust(member.person.user_id);
  const key = useRef(randomUuid());
  const [direction, setDirection] = useState<'give' | 'take'>('give');
  const [text, setText] = useState('');
  const [asked, setAsked] = useState(false);
  const most = direction === 'give' ? member.adjustable : Math.min(member.adjustable, member.wallet.available);
  const coins = /^\d{1,10}$/.test(text.trim()) ? Number(text.trim()) : 0;
  const wrong = coins < 1 || coins > most;
  const atMost = i18n.number(most);
  const today = i18n.number(member.adjustable);
  const wrongWords =
    most === 0
      ? direction === 'take' && member.adjustable > 0
        ? t`There is nothing to take: what they have is spent or set aside.`
        : t`You have moved as many coins as you may in one day. You can move more tomorrow.`
      : t`Write a whole number up to ${atMost}.`;
  return (
    <DecideSheet
      open
      onClose={onClose}
      title={t`Give or take coins`}
      words={
        direction === 'give'
          ? t`They come out of the community's promotions. If something is owed, it is paid from them first.`
          : t`They go back to the community's promotions. Only what is there is taken; nobody ends up owing anything.`
      }
      act={direction === 'give' ? t`Give coins` : t`Take coins`}
      danger={direction === 'take'}
      toldToPerson
      busy={adjust.isPending}
      error={adjust.error}
      onDecide={(reason) => {
        setAsked(true);
        if (wrong) return;
        adjust.mutate(
          { key: key.current, direction, coins, reason },
          {
            onSuccess: () => {
              toast(direction === 'give' ? t`The coins are theirs.` : t`The coins are taken.`);
              onClose();
            },
          },
        );
      }}
    >
      <Segmented
        label={t`Give or take`}
        value={direction}
        onChange={setDirection}
        options={[
          { value: 'give', words: t`Give` },
          { value: 'take', words: t`Take` },
        ]}
      />
      <Field
        label={t`How many coins`}
        inputMode="numeric"
        hint={t`You may move ${today} more today.`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        error={asked && wrong ? wrongWords : undefined}
      />
    </DecideSheet>
  );
}

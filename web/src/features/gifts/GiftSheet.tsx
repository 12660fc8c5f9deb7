import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { LockKeyholeOpen } from 'lucide-react';
import { isRefusal } from '../../kit/api/errors';
import type { Gift } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { Form, useForm } from '../../kit/form';
import {
  Bone,
  Button,
  Coin,
  Coins,
  Fault,
  Field,
  Figure,
  List,
  Notice,
  Sheet,
  SheetFoot,
  Skeleton,
  Stepper,
  Tiles,
  toast,
} from '../../kit/ui';
import { Troubles, walletQuery } from '../wallet';
import { giftsQuery, useSendGift } from './data';
import { GiftArt, useGiftName } from './gift-art';

interface Receiver {
  id: string;
  alias: string;
}

/** Something for somebody one has met: which, how many, what it costs and what remains. */
export function GiftSheet({ open, onClose, receiver }: { open: boolean; onClose: () => void; receiver: Receiver }) {
  const { t } = useLingui();
  return (
    <Sheet open={open} onClose={onClose} title={t`A gift for ${receiver.alias}`}>
      <Choice receiver={receiver} onDone={onClose} />
    </Sheet>
  );
}

function Choice({ receiver, onDone }: { receiver: Receiver; onDone: () => void }) {
  const gifts = useQuery(giftsQuery);
  return (
    <List
      query={gifts}
      skeleton={
        <Skeleton>
          <Bone className="h-56 w-full rounded-card" />
        </Skeleton>
      }
      empty={
        <p className="text-soft">
          <Trans>There is nothing to give on this square just now.</Trans>
        </p>
      }
    >
      {(found) => <GiftForm gifts={found} receiver={receiver} onDone={onDone} />}
    </List>
  );
}

const LONGEST_NOTE = 200;
const MOST = 99;

function GiftForm({ gifts, receiver, onDone }: { gifts: Gift[]; receiver: Receiver; onDone: () => void }) {
  const { t } = useLingui();
  const words = useWords();
  const nameOf = useGiftName();
  const { data: wallet } = useQuery(walletQuery);
  const give = useSendGift();
  const stopped = Boolean(wallet && (wallet.frozen || wallet.debt > 0));
  const giftOf = (id: string) => gifts.find((one) => one.id === id) ?? gifts[0];
  const leftAfter = (id: string, quantity: number) => (wallet?.available ?? 0) - (giftOf(id)?.price ?? 0) * quantity;
  const form = useForm({
    initial: { chosen: gifts[0]?.id ?? '', quantity: 1, note: '' },
    limits: { note: LONGEST_NOTE },
    ready: ({ chosen, quantity }) => wallet !== undefined && !stopped && leftAfter(chosen, quantity) >= 0,
    words: (error) =>
      isRefusal(error, 'not_found')
        ? t`This cannot be given. A gift goes only to somebody whom this face of yours has met.`
        : words(error),
    send: ({ chosen, quantity, note }) =>
      give.mutateAsync({
        gift_id: giftOf(chosen)?.id ?? chosen,
        quantity,
        profile_id: receiver.id,
        note: note.trim(),
      }),
    onSent: () => {
      toast(t`${receiver.alias} has your gift.`);
      onDone();
    },
  });
  const { chosen, quantity } = form.values;
  const gift = giftOf(chosen);
  if (!gift) return null;
  const cost = gift.price * quantity;
  const left = leftAfter(chosen, quantity);

  return (
    <Form form={form} className="flex flex-col gap-4">
      <Tiles
        label={t`Which gift`}
        hideLabel
        {...form.choice('chosen')}
        className="grid-cols-[repeat(auto-fill,minmax(max(4.25rem,22%),1fr))]"
        options={gifts.map((one) => ({ value: one.id, words: <GiftTile gift={one} /> }))}
      />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <span className="min-w-0 font-semibold">{nameOf(gift)}</span>
        <Stepper label={t`How many`} {...form.choice('quantity')} most={MOST} />
      </div>
      <Field
        label={t`Add a few words`}
        autoComplete="off"
        {...form.field('note')}
        hint={
          <span className="flex gap-1.5">
            <LockKeyholeOpen aria-hidden className="mt-0.5 size-4 shrink-0" />
            <span>
              <Trans>
                Optional. Unlike your talk, this note is not end-to-end encrypted: the people who run this square can
                read it.
              </Trans>
            </span>
          </span>
        }
      />
      {wallet ? <Troubles wallet={wallet} leads /> : null}
      {wallet && !stopped && left >= 0 ? (
        <p className="text-soft text-sm" aria-live="polite">
          <Trans>
            <Coins amount={left} className="font-semibold text-ink" /> remain afterwards.
          </Trans>
        </p>
      ) : null}
      <Fault>{form.fault}</Fault>
      {wallet && stopped ? null : (
        <SheetFoot>
          {wallet && left < 0 ? (
            <Notice
              tone="quiet"
              icon={<Coin />}
              title={<Plural value={-left} one="# coin is missing" other="# coins are missing" />}
              action={
                <Button asChild look="lamp">
                  <Link to="/wallet/buy">
                    <Trans>Buy coins</Trans>
                  </Link>
                </Button>
              }
            >
              <Trans>
                It costs <Coins amount={cost} />, and you have <Coins amount={wallet.available} />.
              </Trans>
            </Notice>
          ) : (
            <Button type="submit" look="lamp" wide busy={form.busy} disabled={!wallet}>
              <span>
                <Trans>
                  Give it for <Coins amount={cost} />
                </Trans>
              </span>
            </Button>
          )}
        </SheetFoot>
      )}
    </Form>
  );
}

function GiftTile({ gift }: { gift: Gift }) {
  const name = useGiftName()(gift);
  return (
    <span className="flex min-w-0 flex-1 flex-col items-center gap-1 text-center">
      <GiftArt gift={gift.key} size={46} />
      <span className="sr-only">{name}</span>
      <span className="inline-flex items-center gap-1 font-semibold text-sm">
        <Coin className="size-4" />
        <Figure value={gift.price} />
      </span>
    </span>
  );
}

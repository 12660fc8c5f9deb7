import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { BadgeCheck, Receipt, Store, Undo2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { CoinPackage } from '../../kit/api/types';
import { Form, useForm } from '../../kit/form';
import { ownName } from '../../kit/language';
import {
  Bone,
  Coin,
  Coins,
  EmptyState,
  Figure,
  List,
  Money,
  moneyText,
  Page,
  Pledge,
  Pledges,
  Skeleton,
  Tiles,
} from '../../kit/ui';
import { Troubles, walletQuery } from '../wallet';
import { useCheckout } from './checkout';
import { packagesQuery, usePurchase } from './data';
import { PayButton } from './PayButton';
import { chosenPlace, PaidElsewhere, PlaceChoice, usePlace } from './PlaceChoice';

/** Coins for money: what comes, what it costs, who charges, and one button. */
export function BuyPage() {
  const { t } = useLingui();
  const packages = useQuery(packagesQuery);
  const { data: wallet } = useQuery(walletQuery);
  return (
    <Page
      title={t`Buy coins`}
      back="/wallet"
      lead={
        wallet ? (
          <Trans>
            You have <Coins amount={wallet.balance} className="font-semibold text-ink" />.
          </Trans>
        ) : undefined
      }
    >
      {wallet ? <Troubles wallet={wallet} /> : null}
      {wallet?.frozen ? null : (
        <List
          query={packages}
          skeleton={
            <Skeleton className="flex flex-col gap-3">
              <Bone className="mb-2 h-20 w-full rounded-card" />
              <Bone className="mb-2 h-20 w-full rounded-card" />
              <Bone className="h-20 w-full rounded-card" />
            </Skeleton>
          }
          empty={
            <EmptyState icon={<Store aria-hidden />} title={<Trans>No coins are sold here just now</Trans>}>
              <Trans>
                The people who run this square have not set up payments. Coins of the day and gifts still come.
              </Trans>
            </EmptyState>
          }
        >
          {(found) => <Choice packages={found} />}
        </List>
      )}
    </Page>
  );
}

/** The first one, where the chosen one is not sold any more. */
const packageOf = (packages: CoinPackage[], chosen: string) => packages.find(({ id }) => id === chosen) ?? packages[0];

function Choice({ packages }: { packages: CoinPackage[] }) {
  const { t, i18n } = useLingui();
  const [opening, setOpening] = useState<string | null>(null);
  const places = usePlace();
  const buy = usePurchase();
  const { slow } = useCheckout(
    opening,
    useCallback(() => setOpening(null), []),
  );
  const form = useForm({
    initial: { chosen: packages[0]?.id ?? '' },
    ready: () => opening === null,
    send: ({ chosen }) =>
      buy.mutateAsync({ package_id: packageOf(packages, chosen)?.id ?? chosen, ...chosenPlace(places) }),
    onSent: ({ id }) => setOpening(id),
  });
  const one = packageOf(packages, form.values.chosen);
  if (!one) return null;
  const busy = form.busy || opening !== null;
  const price = moneyText(i18n.locale, one.price, one.currency);
  return (
    <Form form={form} className="flex flex-col gap-6">
      <fieldset disabled={busy} className="flex min-w-0 flex-col gap-6">
        <Tiles
          label={t`How many coins`}
          value={one.id}
          onChange={(chosen) => form.change({ chosen })}
          options={packages.map((each) => ({ value: each.id, words: <PackageTile one={each} /> }))}
        />
        <PlaceChoice {...places} />
      </fieldset>
      <PayButton busy={busy} opening={opening !== null} slow={slow} fault={form.fault}>
        <Trans>
          Pay {price} for <Coins amount={one.coins + one.bonus} />
        </Trans>
      </PayButton>
      <Honesty provider={places.place?.provider} />
    </Form>
  );
}

function PackageTile({ one }: { one: CoinPackage }) {
  const { i18n } = useLingui();
  const name = ownName(one.name, i18n.locale);
  return (
    <>
      <Coin className="size-9" />
      <span className="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-x-3">
        <span className="flex min-w-0 flex-1 basis-32 flex-col">
          {name ? <span className="font-medium text-sm">{name}</span> : null}
          <span className="font-bold font-display text-lg">
            <Figure value={one.coins + one.bonus} />
          </span>
          {one.bonus > 0 ? (
            <span className="text-moss text-sm">
              <Plural value={one.bonus} one="# of them is a present" other="# of them are a present" />
            </span>
          ) : null}
        </span>
        <Money amount={one.price} currency={one.currency} className="font-semibold" />
      </span>
    </>
  );
}

/** Who charges, what happens when, and how the money comes back: before paying, not after. */
function Honesty({ provider }: { provider: string | undefined }) {
  return (
    <Pledges quiet>
      <PaidElsewhere provider={provider} />
      <Pledge icon={<BadgeCheck aria-hidden />}>
        <Trans>
          Nothing is charged before you confirm it there. The price includes all taxes, and you pay it once.
        </Trans>
      </Pledge>
      <Pledge icon={<Receipt aria-hidden />}>
        <Trans>The coins are here as soon as the payment has arrived; you find the receipt under Payments.</Trans>
      </Pledge>
      <Pledge icon={<Undo2 aria-hidden />}>
        <Trans>
          If something is wrong with a purchase, tell the people who run this square: they can send the money back. Its
          coins go back with it; coins that you have already spent are then owed.
        </Trans>
      </Pledge>
    </Pledges>
  );
}

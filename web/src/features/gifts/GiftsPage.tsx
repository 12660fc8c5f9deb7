import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Gift } from 'lucide-react';
import type { ReactNode } from 'react';
import type { GiftReceived } from '../../kit/api/types';
import { Alias, Button, CardList, Coin, EmptyState, Figure, List, Moment, Page, PageTabs } from '../../kit/ui';
import { giftsReceivedQuery, giftsSentQuery } from './data';
import { useGiftWords } from './GiftLine';
import { GiftArt } from './gift-art';

/** What the worn face was given. */
export function GiftsPage() {
  const { t } = useLingui();
  const gifts = useInfiniteQuery(giftsReceivedQuery);
  return (
    <Page title={t`Gifts`} back="/wallet">
      <GiftTabs />
      <List
        query={gifts}
        rows={3}
        empty={
          <EmptyState icon={<Gift aria-hidden />} title={<Trans>No gifts so far</Trans>}>
            <Trans>
              When somebody you met gives you something, it is listed here, and your share of it goes to your earnings.
            </Trans>
          </EmptyState>
        }
      >
        {(items) => (
          <CardList label={t`Gifts I got`}>
            {items.map((one) => (
              <Given
                key={one.id}
                given={one}
                person={one.from}
                coins={one.earned}
                coinWords={<Trans>earned</Trans>}
                lead={<Trans>from</Trans>}
              />
            ))}
          </CardList>
        )}
      </List>
    </Page>
  );
}

/** What the worn face gave. */
export function GiftsSentPage() {
  const { t } = useLingui();
  const gifts = useInfiniteQuery(giftsSentQuery);
  return (
    <Page title={t`Gifts`} back="/wallet">
      <GiftTabs />
      <List
        query={gifts}
        rows={3}
        empty={
          <EmptyState
            icon={<Gift aria-hidden />}
            title={<Trans>You have not given anything</Trans>}
            action={
              <Button asChild>
                <Link to="/people">
                  <Trans>To the people I met</Trans>
                </Link>
              </Button>
            }
          >
            <Trans>You can give gifts to people you have met: in your talk, or by their name under People.</Trans>
          </EmptyState>
        }
      >
        {(items) => (
          <CardList label={t`Gifts I gave`}>
            {items.map((one) => (
              <Given
                key={one.id}
                given={one}
                person={one.to}
                coins={-one.coins}
                coinWords={<Trans>coins</Trans>}
                lead={<Trans>for</Trans>}
              />
            ))}
          </CardList>
        )}
      </List>
    </Page>
  );
}

function GiftTabs() {
  const { t } = useLingui();
  return (
    <PageTabs
      label={t`Gifts`}
      tabs={[
        { to: '/wallet/gifts', words: t`Got` },
        { to: '/wallet/gifts/given', words: t`Given` },
      ]}
    />
  );
}

function Given({
  given,
  person,
  coins,
  coinWords,
  lead,
}: {
  given: Pick<GiftReceived, 'gift' | 'quantity' | 'note' | 'created_at'>;
  person: GiftReceived['from'];
  coins: number;
  coinWords: ReactNode;
  lead: ReactNode;
}) {
  const words = useGiftWords()(given);
  return (
    <li className="flex items-start gap-3.5 px-4 py-3.5">
      <GiftArt gift={given.gift.key} size={48} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap justify-between gap-x-3">
          <span className="min-w-0 flex-1 basis-28 font-semibold">{words}</span>
          {coins === 0 ? null : (
            <span className="inline-flex items-center gap-1 font-display font-semibold text-sm">
              <Coin className="size-4" />
              <Figure value={coins} signed />
              <span className="sr-only">{coinWords}</span>
            </span>
          )}
        </p>
        <p className="flex min-w-0 gap-1.5 text-sm">
          <span className="text-soft">{lead}</span>
          {person.alias ? <Alias alias={person.alias} tag={person.tag} /> : <Trans>somebody who left</Trans>}
        </p>
        {given.note ? (
          <p className="pt-1 text-sm [overflow-wrap:anywhere]" dir="auto">
            {given.note}
          </p>
        ) : null}
        <p className="pt-1 text-soft text-xs">
          <Moment at={given.created_at} />
        </p>
      </div>
    </li>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Lock } from 'lucide-react';
import { useState } from 'react';
import type { PaymentMethod } from '../../kit/api/types';
import { Pledge, RadioList } from '../../kit/ui';
import { placesQuery } from './data';
import { useProviderName } from './words';

/** Where one pays: asked only when there is more than one place; the community's own choice stands first. */
export function usePlace(): {
  place: PaymentMethod | undefined;
  choice: PaymentMethod[];
  choose: (place: string) => void;
} {
  const { data } = useQuery(placesQuery);
  const [chosen, choose] = useState('');
  const choice = data?.items ?? [];
  return { place: choice.find(({ provider }) => provider === chosen) ?? choice[0], choice, choose };
}

/** For the order: named only when it was a choice, so that the community's own stays its own. */
export function chosenPlace({ place, choice }: ReturnType<typeof usePlace>): { provider?: PaymentMethod['provider'] } {
  return place && choice.length > 1 ? { provider: place.provider } : {};
}

/** `renewing`: what is bought runs on where the place can do that, and the person chooses between the two with open eyes. */
export function PlaceChoice({
  place,
  choice,
  choose,
  renewing = false,
}: ReturnType<typeof usePlace> & { renewing?: boolean }) {
  const { t } = useLingui();
  const name = useProviderName();
  if (!place || choice.length < 2) return null;
  return (
    <RadioList
      label={t`Pay through`}
      value={place.provider}
      onChange={choose}
      options={choice.map(({ provider, renews }) => ({
        value: provider,
        words: name(provider),
        hint: renewing ? renews ? <Trans>renewed by itself</Trans> : <Trans>not renewed by itself</Trans> : undefined,
      }))}
    />
  );
}

/** Whom one gives one's card to: never to us. */
export function PaidElsewhere({ provider }: { provider: string | undefined }) {
  const name = useProviderName();
  return (
    <Pledge icon={<Lock aria-hidden />}>
      {provider ? (
        <Trans>You pay through {name(provider)}. Your card is never seen here.</Trans>
      ) : (
        <Trans>You pay on the page of the payment company. Your card is never seen here.</Trans>
      )}
    </Pledge>
  );
}

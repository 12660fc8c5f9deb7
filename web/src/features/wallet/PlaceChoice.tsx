import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PlaceToPay } from '../../api/types';
import { RadioList } from '../../ui';
import { placesQuery } from './data';
import { useProviderName } from './words';

/** Where one pays: asked only when there is more than one place; the community's own choice stands first. */
export function usePlace(): { place: PlaceToPay | undefined; choice: PlaceToPay[]; choose: (place: string) => void } {
  const { data } = useQuery(placesQuery);
  const [chosen, choose] = useState('');
  const choice = data?.items ?? [];
  return { place: choice.find(({ provider }) => provider === chosen) ?? choice[0], choice, choose };
}

/** For the order: named only when it was a choice, so that the community's own stays its own. */
export function chosenPlace({ place, choice }: ReturnType<typeof usePlace>): { provider?: PlaceToPay['provider'] } {
  return place && choice.length > 1 ? { provider: place.provider } : {};
}

export function PlaceChoice({ place, choice, choose }: ReturnType<typeof usePlace>) {
  const { t } = useLingui();
  const name = useProviderName();
  if (!place || choice.length < 2) return null;
  return (
    <RadioList
      label={t`Pay through`}
      value={place.provider}
      onChange={choose}
      options={choice.map(({ provider }) => ({ value: provider, words: name(provider) }))}
    />
  );
}

import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Sparkles } from 'lucide-react';
import { LinkRow } from '../../kit/ui';
import { premiumQuery } from './data';
import { useMembershipWords } from './membership-words';

/** On the page of the wallet: how the membership stands. */
export function PremiumRow() {
  const { t } = useLingui();
  const { data: premium } = useQuery(premiumQuery);
  const membership = useMembershipWords();
  return (
    <LinkRow
      to="/premium"
      icon={<Sparkles aria-hidden className="size-5.5" />}
      title={t`Premium`}
      words={premium ? membership(premium).short : undefined}
    />
  );
}

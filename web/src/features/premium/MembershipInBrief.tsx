import { useQuery } from '@tanstack/react-query';
import { premiumQuery } from './data';
import { useMembershipWords } from './membership-words';

/** On the page of the wallet: how the membership stands, in one line. */
export function MembershipInBrief() {
  const { data: premium } = useQuery(premiumQuery);
  const words = useMembershipWords();
  return premium ? words(premium).short : null;
}

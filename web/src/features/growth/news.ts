import { useLingui } from '@lingui/react/macro';
import { Gift } from 'lucide-react';
import { readNews, type Teller } from '../../kit/news';

/** News about invitations that brought something. */
export function useNews(): Teller {
  const { t } = useLingui();
  return (code, data) => {
    if (code !== 'referral_reward') return null;
    const reward = readNews(data).number('amount');
    return {
      icon: Gift,
      title: reward > 0 ? t`${reward} more meetings for you` : t`More meetings for you`,
      words: data.invited === true ? t`You came with an invitation: welcome.` : t`Somebody came with your invitation.`,
    };
  };
}

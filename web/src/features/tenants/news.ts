import { useLingui } from '@lingui/react/macro';
import { Sparkles } from 'lucide-react';
import type { Teller } from '../../kit/news';

/** News to somebody who started a community. */
export function useNews(): Teller {
  const { t } = useLingui();
  return (code) =>
    code === 'community_approved'
      ? {
          icon: Sparkles,
          title: t`Your community is open`,
          words: t`Invite the first people: the link is under Me.`,
        }
      : null;
}

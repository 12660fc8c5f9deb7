import { useLingui } from '@lingui/react/macro';
import type { Match } from '../../kit/api/types';
import { Chip } from '../../kit/ui';

/** How a meeting stands, in a word. */
export function MatchMark({ match }: { match: Match }) {
  const { t } = useLingui();
  if (match.status === 'active') return <Chip tone="lamp">{t`open`}</Chip>;
  if (match.claim?.status === 'approved') return <Chip tone="moss">{t`given back`}</Chip>;
  if (match.claim?.status === 'pending') return <Chip>{t`claimed`}</Chip>;
  if (match.status === 'cancelled') return <Chip>{t`left`}</Chip>;
  return <Chip>{t`over`}</Chip>;
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Ban, Flag, Gift } from 'lucide-react';
import { useState } from 'react';
import type { PublicProfile } from '../../kit/api/types';
import { Avatar, Button, Chip, Sheet } from '../../kit/ui';
import { useInterestWords } from '../accounts';
import { GiftSheet } from '../gifts';
import { BlockSheet } from './BlockSheet';
import { ReportSheet } from './ReportSheet';

type Step = 'gift' | 'block' | 'report';

/** A person one has met: what they tell about themselves, a gift for them, and the two ways to keep them away. */
export function PersonSheet({
  open,
  onClose,
  profile,
  matchId,
}: {
  open: boolean;
  onClose: () => void;
  profile: PublicProfile;
  matchId?: string;
}) {
  const { t } = useLingui();
  const interest = useInterestWords();
  const [next, setNext] = useState<Step | null>(null);
  const go = (step: Step) => {
    onClose();
    setNext(step);
  };
  return (
    <>
      <Sheet open={open} onClose={onClose} title={`${profile.alias}#${profile.tag}`}>
        <div className="flex items-center gap-4">
          <Avatar seed={profile.avatar_seed} size={72} />
          <p className="min-w-0 text-soft">
            {profile.age ? <Trans>{profile.age} years old.</Trans> : null}{' '}
            {profile.bio || t`Has written nothing about themselves.`}
          </p>
        </div>
        {profile.interests.length > 0 ? (
          <div className="flex flex-wrap gap-1.5">
            {profile.interests.map((name) => (
              <Chip key={name}>{interest(name)}</Chip>
            ))}
          </div>
        ) : null}
        {profile.alias ? (
          <Button icon={<Gift aria-hidden className="size-5" />} onClick={() => go('gift')}>
            <Trans>Give something</Trans>
          </Button>
        ) : null}
        <div className="flex flex-col gap-2 sm:flex-row">
          <Button className="flex-1" icon={<Ban aria-hidden className="size-5" />} onClick={() => go('block')}>
            <Trans>Block</Trans>
          </Button>
          <Button className="flex-1" icon={<Flag aria-hidden className="size-5" />} onClick={() => go('report')}>
            <Trans>Report</Trans>
          </Button>
        </div>
      </Sheet>
      <GiftSheet open={next === 'gift'} onClose={() => setNext(null)} receiver={profile} />
      <BlockSheet open={next === 'block'} onClose={() => setNext(null)} profile={profile} />
      <ReportSheet open={next === 'report'} onClose={() => setNext(null)} profile={profile} matchId={matchId} />
    </>
  );
}

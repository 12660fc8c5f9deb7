import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Landmark } from 'lucide-react';
import { useState } from 'react';
import { DecideSheet, StaffPage } from '../../../kit/staff';
import { Button, Card, EmptyState, Facts, List, Moment, toast } from '../../../kit/ui';
import { useDecideCommunity, type WaitingCommunity, waitingCommunitiesQuery } from './data';

/** Communities that wait: those who run the installation let them open, or say why not. */
export function CommunitiesPage() {
  const { t } = useLingui();
  const waiting = useQuery(waitingCommunitiesQuery);
  return (
    <StaffPage title={t`Communities`} lead={<Trans>Nobody can enter these communities until you approve them.</Trans>}>
      <List
        query={waiting}
        empty={
          <EmptyState icon={<Landmark aria-hidden />} title={<Trans>No community is waiting</Trans>}>
            <Trans>When somebody starts one, it appears here.</Trans>
          </EmptyState>
        }
      >
        {(items) => (
          <ul className="flex flex-col gap-4">
            {items.map((one) => (
              <li key={one.slug}>
                <CommunityCard one={one} />
              </li>
            ))}
          </ul>
        )}
      </List>
    </StaffPage>
  );
}

function CommunityCard({ one }: { one: WaitingCommunity }) {
  const { t } = useLingui();
  const decide = useDecideCommunity(one.slug);
  const [choice, setChoice] = useState<'approve' | 'refuse' | null>(null);
  const close = () => setChoice(null);
  const send = async (decided: 'approve' | 'refuse', reason: string) => {
    await decide.mutateAsync({ choice: decided, reason });
    toast(t`Decided.`);
    close();
  };
  const { founder } = one;
  return (
    <Card className="flex flex-col gap-4">
      <h2 className="break-words font-semibold text-lg">{one.name}</h2>
      <Facts
        facts={[
          { name: t`Address`, value: <span className="break-all">{one.host ?? one.slug}</span> },
          {
            name: t`Started by`,
            value: founder ? (
              <span className="break-all">
                {founder.alias} · {founder.name}
              </span>
            ) : (
              <Trans>somebody who has left</Trans>
            ),
          },
          { name: t`When`, value: <Moment at={one.asked_at} /> },
        ]}
      />
      <div className="flex flex-wrap gap-2">
        <Button size="sm" look="lamp" onClick={() => setChoice('approve')}>
          <Trans>Approve</Trans>
        </Button>
        <Button size="sm" look="danger" onClick={() => setChoice('refuse')}>
          <Trans>Refuse</Trans>
        </Button>
      </div>
      {choice === 'approve' ? (
        <DecideSheet
          title={t`Approve ${one.name}?`}
          words={t`It opens at once, and its founder is told.`}
          act={t`Approve`}
          onClose={close}
          onDecide={(reason) => send('approve', reason)}
        />
      ) : null}
      {choice === 'refuse' ? (
        <DecideSheet
          title={t`Refuse ${one.name}?`}
          words={t`It stays closed, and its address stays taken.`}
          act={t`Refuse`}
          danger
          isTold
          onClose={close}
          onDecide={(reason) => send('refuse', reason)}
        />
      ) : null}
    </Card>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { DecideSheet } from '../../../kit/staff';
import { Button, Card, Moment, Section, toast } from '../../../kit/ui';
import { secondFactorOfQuery, useRemoveSecondFactor } from './data';

/** A member's two-step log-in, and the help for somebody who lost their phone. */
export function SecondFactorOf({ userId }: { userId: string }) {
  const { t } = useLingui();
  const { data } = useQuery(secondFactorOfQuery(userId));
  const remove = useRemoveSecondFactor(userId);
  const [asking, setAsking] = useState(false);
  const close = () => setAsking(false);
  if (!data?.since) return null;
  return (
    <Section title={<Trans>Two-step log-in</Trans>}>
      <Card className="flex flex-wrap items-center justify-between gap-3">
        <span>
          <Trans>
            On since <Moment at={data.since} />
          </Trans>
        </span>
        {data.may_remove ? (
          <Button size="sm" look="danger" onClick={() => setAsking(true)}>
            <Trans>They lost it: remove</Trans>
          </Button>
        ) : null}
      </Card>
      {asking ? (
        <DecideSheet
          onClose={close}
          title={t`Remove their two-step log-in?`}
          words={t`Make sure that it is they who ask. Their password alone opens the account then; all their sessions end, and they are told.`}
          act={t`Remove it`}
          danger
          onDecide={async (reason) => {
            await remove.mutateAsync(reason);
            toast(t`Their two-step log-in is removed.`);
            close();
          }}
        />
      ) : null}
    </Section>
  );
}

import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Premium } from '../../api/types';
import { useWords } from '../../api/words';
import { Button, Card, Chip, Sheet, toast } from '../../ui';
import { useCancelPremium, useResumePremium } from './data';
import { running, useMembershipWords } from './membership-words';
import { useProviderName } from './words';

/** Where a membership is bought and ended in the store's own app. */
const STORES = new Set(['apple', 'google', 'revenuecat']);

/** What is had, until when, and the two buttons that end it or take the ending back. */
export function Membership({ premium }: { premium: Premium }) {
  const { t } = useLingui();
  const errors = useWords();
  const said = useMembershipWords()(premium);
  const provider = useProviderName();
  const [asked, setAsked] = useState(false);
  const resume = useResumePremium();
  const member = running(premium);
  return (
    <Card className="flex flex-col gap-3">
      <div>
        <Chip tone={said.tone}>{said.mark}</Chip>
      </div>
      <h2 className="font-semibold text-lg" data-testid="membership">
        {said.title}
      </h2>
      <p className="text-soft">{said.words}</p>
      {member ? (
        <p className="text-soft text-sm">
          <Trans>Paid through: {provider(member.provider)}</Trans>
        </p>
      ) : null}
      {member?.status === 'grace' && !member.provider ? (
        <Button asChild look="lamp">
          <Link to="/wallet/buy">
            <Trans>Buy coins</Trans>
          </Link>
        </Button>
      ) : null}
      {member?.status === 'cancelled' && !STORES.has(member.provider ?? '') ? (
        <Button
          busy={resume.isPending}
          onClick={() =>
            resume.mutate(undefined, { onSuccess: () => toast(t`It goes on; you are a member as before.`) })
          }
        >
          <Trans>Take the cancelling back</Trans>
        </Button>
      ) : member && STORES.has(member.provider ?? '') ? (
        <p className="text-soft text-sm">
          <Trans>
            It was bought in {provider(member.provider)}, and there it is cancelled: under its subscriptions.
          </Trans>
        </p>
      ) : member?.renews || member?.status === 'grace' ? (
        <Button onClick={() => setAsked(true)}>
          <Trans>Cancel premium</Trans>
        </Button>
      ) : null}
      {resume.error ? (
        <p role="alert" className="text-sm text-terracotta">
          {errors(resume.error)}
        </p>
      ) : null}
      {member ? <CancelSheet open={asked} onClose={() => setAsked(false)} until={member.period_ends_at} /> : null}
    </Card>
  );
}

/** Says what cancelling does, once; no reasons are asked for and nothing is offered instead. */
function CancelSheet({ open, onClose, until }: { open: boolean; onClose: () => void; until: string }) {
  const { t, i18n } = useLingui();
  const errors = useWords();
  const cancel = useCancelPremium();
  const day = new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'long' }).format(new Date(until));
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t`Cancel premium?`}
      words={t`It is not renewed any more and stays as it is until ${day}, which is paid for. You can take this back until then.`}
      actions={
        <>
          <Button
            look="danger"
            className="flex-1"
            busy={cancel.isPending}
            onClick={() =>
              cancel.mutate(undefined, {
                onSuccess: () => {
                  toast(t`Cancelled. It stays until ${day}.`);
                  onClose();
                },
              })
            }
          >
            <Trans>Cancel premium</Trans>
          </Button>
          <Button className="flex-1" onClick={onClose}>
            <Trans>Keep it</Trans>
          </Button>
        </>
      }
    >
      {cancel.error ? (
        <p role="alert" className="text-terracotta">
          {errors(cancel.error)}
        </p>
      ) : null}
    </Sheet>
  );
}

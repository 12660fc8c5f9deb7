import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Copy, Share2 } from 'lucide-react';
import { Bone, Button, Card, Loaded, Page, Skeleton, toast } from '../../kit/ui';
import { inviteQuery } from './data';

/** Inviting a friend: the link, and what came of it in exact numbers. */
export function InvitePage() {
  const { t } = useLingui();
  const query = useQuery(inviteQuery);

  const copy = async (link: string) => {
    try {
      await navigator.clipboard.writeText(link);
      toast(t`The link is copied.`);
    } catch {
      toast(t`This browser does not let us copy. Mark the link and copy it yourself.`, { kind: 'fault' });
    }
  };
  const share = async (link: string) => {
    try {
      await navigator.share({ title: 'Meydan', text: t`Come to the square.`, url: link });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) await copy(link);
    }
  };

  return (
    <Page
      title={t`Invite a friend`}
      back="/me"
      backOnPhone
      lead={<Trans>A friend who joins with your link starts with extra meetings.</Trans>}
    >
      <Loaded
        query={query}
        skeleton={
          <Skeleton className="flex flex-col gap-3">
            <Bone className="h-44 w-full rounded-card" />
          </Skeleton>
        }
      >
        {(invite) => (
          <>
            <Card className="flex flex-col gap-4">
              <p className="font-display font-semibold text-lg">
                <Plural
                  value={invite.reward}
                  one="Your friend gets # extra meeting"
                  other="Your friend gets # extra meetings"
                />
              </p>
              <p className="text-soft text-sm">
                <Trans>Once, when they register with a phone number that is new here.</Trans>
              </p>
              <p className="break-all rounded-card bg-deep px-4 py-3 font-medium text-sm" data-testid="invite-link">
                {invite.link}
              </p>
              <div className="flex flex-col gap-2 sm:flex-row">
                {'share' in navigator ? (
                  <Button
                    look="lamp"
                    className="flex-1"
                    icon={<Share2 aria-hidden className="size-5" />}
                    onClick={() => void share(invite.link)}
                  >
                    <Trans>Share</Trans>
                  </Button>
                ) : null}
                <Button
                  look={'share' in navigator ? 'plain' : 'lamp'}
                  className="flex-1"
                  icon={<Copy aria-hidden className="size-5" />}
                  onClick={() => void copy(invite.link)}
                >
                  <Trans>Copy the link</Trans>
                </Button>
              </div>
            </Card>
            <dl className="grid grid-cols-2 gap-3">
              <Card>
                <dt className="text-soft text-sm">
                  <Trans>Joined with your link</Trans>
                </dt>
                <dd className="font-bold font-display text-xl tabular-nums">{invite.invited}</dd>
              </Card>
              <Card>
                <dt className="text-soft text-sm">
                  <Trans>Got the extra meetings</Trans>
                </dt>
                <dd className="font-bold font-display text-xl tabular-nums">{invite.rewarded}</dd>
              </Card>
            </dl>
          </>
        )}
      </Loaded>
    </Page>
  );
}

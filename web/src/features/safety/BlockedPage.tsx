import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Ban } from 'lucide-react';
import { useWords } from '../../kit/api/words';
import { Alias, Avatar, Button, CardList, EmptyState, List, Moment, Page, Row, toast } from '../../kit/ui';
import { blocksQuery, useUnblock } from './data';
import { PeopleTabs } from './PeopleTabs';

/** Those one will not meet again, until one thinks otherwise. */
export function BlockedPage() {
  const { t } = useLingui();
  const words = useWords();
  const blocks = useInfiniteQuery(blocksQuery);
  const unblock = useUnblock();
  return (
    <Page title={t`People`}>
      <PeopleTabs />
      <List
        query={blocks}
        rows={3}
        empty={
          <EmptyState icon={<Ban aria-hidden />} title={<Trans>Nobody is blocked</Trans>}>
            <Trans>The people you block are listed here, and neither of you meets the other again.</Trans>
          </EmptyState>
        }
      >
        {(items) => (
          <CardList label={t`Blocked people`}>
            {items.map(({ id, profile, scope, created_at }) => (
              <Row
                key={id}
                icon={<Avatar seed={profile.avatar_seed} />}
                title={<Alias alias={profile.alias} tag={profile.tag} />}
                words={
                  <>
                    <Moment at={created_at} />
                    {scope === 'face' ? (
                      <>
                        {' · '}
                        <Trans>only this face</Trans>
                      </>
                    ) : null}
                  </>
                }
                aside={
                  <Button
                    size="sm"
                    aria-label={t`Unblock ${profile.alias}`}
                    busy={unblock.isPending && unblock.variables === id}
                    onClick={() =>
                      unblock.mutate(id, {
                        onSuccess: () => toast(t`${profile.alias} is no longer blocked.`),
                        onError: (error) => toast(words(error), { kind: 'fault' }),
                      })
                    }
                  >
                    <Trans>Unblock</Trans>
                  </Button>
                }
              />
            ))}
          </CardList>
        )}
      </List>
    </Page>
  );
}

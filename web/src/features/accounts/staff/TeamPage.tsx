import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { useMe } from '../../../kit/api/session';
import { useWords } from '../../../kit/api/words';
import { PersonName, StaffPage } from '../../../kit/staff';
import { Button, Card, CardList, Chip, Loaded, Row, Section, Sheet, toast } from '../../../kit/ui';
import { staffQuery, useRequireSecondFactor } from './data';

/** Who runs the square, and whether each of them logs in with two steps. */
export function TeamPage() {
  const { t } = useLingui();
  const team = useQuery(staffQuery);
  const { role } = useMe();
  const roles: Record<string, string> = { owner: t`Owner`, admin: t`Admin`, moderator: t`Moderator` };
  return (
    <StaffPage title={t`Team`}>
      <Loaded query={team}>
        {({ is_required, staff }) => (
          <>
            <Section title={<Trans>Two-step log-in</Trans>}>
              <Card className="flex flex-col gap-4">
                <p>
                  {is_required ? (
                    <Trans>These pages open only for those who logged in with two steps.</Trans>
                  ) : (
                    <Trans>These pages open with a password alone.</Trans>
                  )}
                </p>
                {role === 'owner' ? <Requirement isRequired={is_required} /> : null}
              </Card>
            </Section>
            <Section title={<Trans>Who runs the square</Trans>}>
              <CardList label={t`Who runs the square`}>
                {staff.map((one) => (
                  <Row
                    key={one.user_id}
                    title={<PersonName person={one} />}
                    words={roles[one.role]}
                    aside={
                      one.second_factor_since ? (
                        <Chip tone="moss" icon={<ShieldCheck aria-hidden />}>{t`two steps`}</Chip>
                      ) : one.has_passkey ? (
                        <Chip tone="moss" icon={<ShieldCheck aria-hidden />}>{t`passkey`}</Chip>
                      ) : (
                        <Chip tone="terracotta">{t`password alone`}</Chip>
                      )
                    }
                  />
                ))}
              </CardList>
            </Section>
          </>
        )}
      </Loaded>
    </StaffPage>
  );
}

function Requirement({ isRequired }: { isRequired: boolean }) {
  const { t } = useLingui();
  const words = useWords();
  const require = useRequireSecondFactor();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button className="self-start" look={isRequired ? 'danger' : 'plain'} onClick={() => setAsking(true)}>
        {isRequired ? <Trans>Do not require it any more</Trans> : <Trans>Require it</Trans>}
      </Button>
      <Sheet
        open={asking}
        onClose={() => setAsking(false)}
        title={isRequired ? t`Let a password be enough?` : t`Require two steps of everybody here?`}
        words={
          isRequired
            ? t`Whoever learns the password of one of you can then open these pages.`
            : t`Whoever has not set it up, you too, is led to do so before these pages open again. Nobody loses their role.`
        }
        actions={
          <>
            <Button className="flex-1" onClick={() => setAsking(false)}>
              <Trans>Not now</Trans>
            </Button>
            <Button
              look={isRequired ? 'danger' : 'lamp'}
              className="flex-1"
              busy={require.isPending}
              onClick={() =>
                require.mutate(!isRequired, {
                  onSuccess: () => {
                    setAsking(false);
                    toast(isRequired ? t`A password is enough again.` : t`Two steps are required now.`);
                  },
                })
              }
            >
              {isRequired ? <Trans>Do not require it</Trans> : <Trans>Require it</Trans>}
            </Button>
          </>
        }
      >
        {require.error ? (
          <p role="alert" className="text-terracotta">
            {words(require.error)}
          </p>
        ) : null}
      </Sheet>
    </>
  );
}

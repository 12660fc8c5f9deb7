import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { MonitorSmartphone } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../../../kit/action';
import { useWords } from '../../../kit/api/words';
import { Button, CardList, Chip, List, Moment, Page, Row, Section, Sheet, toast } from '../../../kit/ui';
import { devicesQuery, logOut, sessionsQuery, useEndSession, useForgetDevice } from '../data';
import { SessionSections } from '../slots';

/** Where one is logged in, and how to end it. */
export function SessionsPage() {
  const { t } = useLingui();
  const words = useWords();
  const sessions = useQuery(sessionsQuery);
  const devices = useQuery(devicesQuery);
  const end = useEndSession();
  const forget = useForgetDevice();
  const [everywhere, setEverywhere] = useState(false);
  const endAll = useAction({ mutationFn: () => logOut(true) });
  const say = { onError: (error: unknown) => toast(words(error), { kind: 'fault' }) };

  return (
    <Page
      title={t`Sessions and devices`}
      back="/me"
      backOnPhone
      lead={<Trans>An ended session stops within a second, wherever it is.</Trans>}
    >
      <Section title={<Trans>Sessions</Trans>}>
        <List query={sessions} rows={2}>
          {(found) => (
            <CardList label={t`Sessions`}>
              {found.map((session) => (
                <Row
                  key={session.id}
                  icon={<MonitorSmartphone aria-hidden className="size-5.5 text-soft" />}
                  title={session.device_name}
                  words={
                    <>
                      {session.ip_address_hint ? `${session.ip_address_hint} · ` : null}
                      <Moment at={session.last_seen_at} />
                    </>
                  }
                  aside={
                    session.current ? (
                      <Chip tone="moss">{t`this one`}</Chip>
                    ) : (
                      <Button
                        size="sm"
                        aria-label={t`End the session on ${session.device_name}`}
                        busy={end.isPending && end.variables === session.id}
                        onClick={() =>
                          end.mutate(session.id, { ...say, onSuccess: () => toast(t`The session has ended.`) })
                        }
                      >
                        <Trans>End</Trans>
                      </Button>
                    )
                  }
                />
              ))}
            </CardList>
          )}
        </List>
      </Section>
      <Section title={<Trans>Known devices</Trans>}>
        <List query={devices} rows={2}>
          {(found) => (
            <CardList label={t`Known devices`}>
              {found.map((device) => (
                <Row
                  key={device.id}
                  icon={<MonitorSmartphone aria-hidden className="size-5.5 text-soft" />}
                  title={device.name}
                  words={<Moment at={device.last_seen_at} />}
                  aside={
                    device.current ? (
                      <Chip tone="moss">{t`this one`}</Chip>
                    ) : (
                      <Button
                        size="sm"
                        aria-label={t`Forget ${device.name}`}
                        busy={forget.isPending && forget.variables === device.id}
                        onClick={() =>
                          forget.mutate(device.id, {
                            ...say,
                            onSuccess: () => toast(t`The device is forgotten, its sessions have ended.`),
                          })
                        }
                      >
                        <Trans>Forget</Trans>
                      </Button>
                    )
                  }
                />
              ))}
            </CardList>
          )}
        </List>
      </Section>
      <SessionSections />
      <Button look="danger" className="self-start" onClick={() => setEverywhere(true)}>
        <Trans>Log out everywhere</Trans>
      </Button>
      <Sheet
        open={everywhere}
        onClose={() => setEverywhere(false)}
        title={t`Log out everywhere?`}
        words={t`Every session ends, this one too. Nothing is deleted.`}
        actions={
          <>
            <Button className="flex-1" onClick={() => setEverywhere(false)}>
              <Trans>Not now</Trans>
            </Button>
            <Button look="danger" className="flex-1" busy={endAll.isPending} onClick={() => endAll.mutate()}>
              <Trans>Log out everywhere</Trans>
            </Button>
          </>
        }
      >
        {endAll.error ? (
          <p role="alert" className="text-terracotta">
            {words(endAll.error)}
          </p>
        ) : null}
      </Sheet>
    </Page>
  );
}

import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { secondFactorQuery } from '../../../kit/queries';
import { Button, Card, Chip, Loaded, Moment, Notice, Section, toast } from '../../../kit/ui';
import { useRenewRecoveryCodes, useSwitchSecondFactorOff } from '../second-factor';
import { RecoveryCodes } from './RecoveryCodes';
import { SecondFactorSetup } from './SecondFactorSetup';
import { SecondFactorSheet } from './SecondFactorSheet';

/** Two-step log-in: off, being set up, or on; new recovery codes are shown before anything else. */
export function SecondFactor() {
  const secondFactor = useQuery(secondFactorQuery);
  const [settingUp, setSettingUp] = useState(false);
  const [codes, setCodes] = useState<string[] | null>(null);
  return (
    <Section title={<Trans>Two-step log-in</Trans>}>
      <Loaded query={secondFactor} rows={1}>
        {(state) => (
          <>
            {state.is_required && !state.is_on && !state.is_session_strong ? (
              <Notice icon={<ShieldAlert aria-hidden />} title={<Trans>Your role needs it</Trans>}>
                <Trans>Those who run this square log in with two steps. Its pages open once you have set it up.</Trans>
              </Notice>
            ) : null}
            <Card className="flex flex-col gap-4">
              {codes ? (
                <RecoveryCodes codes={codes} onKept={() => setCodes(null)} />
              ) : state.is_on ? (
                <On since={state.since ?? ''} left={state.recovery_codes_left} onCodes={setCodes} />
              ) : settingUp ? (
                <SecondFactorSetup
                  onCodes={(made) => {
                    setSettingUp(false);
                    setCodes(made);
                  }}
                  onClose={() => setSettingUp(false)}
                />
              ) : (
                <>
                  <p className="text-soft">
                    <Trans>
                      Besides your password, logging in asks for a code that an app on your phone shows. Whoever learns
                      your password stays outside.
                    </Trans>
                  </p>
                  <Button className="self-start" onClick={() => setSettingUp(true)}>
                    <Trans>Set it up</Trans>
                  </Button>
                </>
              )}
            </Card>
          </>
        )}
      </Loaded>
    </Section>
  );
}

function On({ since, left, onCodes }: { since: string; left: number; onCodes: (codes: string[]) => void }) {
  const { t } = useLingui();
  const renew = useRenewRecoveryCodes();
  const off = useSwitchSecondFactorOff();
  const [doing, setDoing] = useState<'renew' | 'off' | null>(null);
  const close = () => setDoing(null);
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <ShieldCheck aria-hidden className="size-5.5 text-soft" />
        <span className="flex min-w-0 flex-1 basis-40 flex-col">
          <span>
            <Trans>
              On since <Moment at={since} />
            </Trans>
          </span>
          <span className={left > 2 ? 'text-soft text-sm' : 'text-sm text-terracotta'}>
            <Plural value={left} _0="No recovery code left" one="# recovery code left" other="# recovery codes left" />
          </span>
        </span>
        <Chip tone="moss" icon={<ShieldCheck aria-hidden />}>{t`on`}</Chip>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" onClick={() => setDoing('renew')}>
          <Trans>New recovery codes</Trans>
        </Button>
        <Button size="sm" look="danger" onClick={() => setDoing('off')}>
          <Trans>Switch it off</Trans>
        </Button>
      </div>
      {doing === 'renew' ? (
        <SecondFactorSheet
          title={t`New recovery codes?`}
          words={t`The ones you have stop working.`}
          act={t`Make new codes`}
          onClose={close}
          onSend={async (proof) => {
            const { recovery_codes } = await renew.mutateAsync(proof);
            close();
            onCodes(recovery_codes);
          }}
        />
      ) : null}
      {doing === 'off' ? (
        <SecondFactorSheet
          title={t`Switch two-step log-in off?`}
          words={t`Your password alone opens your account then. Other devices are logged out.`}
          act={t`Switch it off`}
          danger
          onClose={close}
          onSend={async (proof) => {
            await off.mutateAsync(proof);
            close();
            toast(t`Two-step log-in is off.`);
          }}
        />
      ) : null}
    </>
  );
}

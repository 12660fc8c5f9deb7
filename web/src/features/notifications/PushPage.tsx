import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { BellOff, BellRing, Smartphone } from 'lucide-react';
import { useId, useState } from 'react';
import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import { useMe } from '../../kit/api/session';
import type { PushKind, PushPreferences, PushSettings } from '../../kit/api/types';
import { useWords } from '../../kit/api/words';
import { queryClient } from '../../kit/queries';
import { Button, Loaded, Notice, Page, RadioList, Section, Switch, SwitchList, toast } from '../../kit/ui';
import { pushQuery } from './data';
import { ability, isGranted, isWantedBy, switchOff, switchOn } from './push';
import { isSoundOn, sound, switchSound } from './sound';

/** What is pushed, in which words, and when not. */
export function PushPage() {
  const { t } = useLingui();
  const push = useQuery(pushQuery);
  return (
    <Page
      title={t`Notifications`}
      back="/me"
      backOnPhone
      lead={<Trans>What your browser shows while no page of the square is open in front of you.</Trans>}
    >
      <Loaded query={push} rows={4}>
        {(settings) => (
          <>
            <ThisBrowser push={settings} />
            {settings.application_server_key ? <Preferences push={settings} /> : null}
            <Sound />
          </>
        )}
      </Loaded>
    </Page>
  );
}

const changed = () => queryClient.invalidateQueries({ queryKey: pushQuery.queryKey });

function ThisBrowser({ push }: { push: PushSettings }) {
  const { t } = useLingui();
  const words = useWords();
  const me = useMe();
  const [can, setCan] = useState(ability);
  const say = { onSettled: changed, onError: (error: unknown) => toast(words(error), { kind: 'fault' }) };
  const on = useAction({
    ...say,
    mutationFn: (key: string) => switchOn(me.user_id, key),
    onSuccess: () => setCan(ability),
  });
  const off = useAction({ ...say, mutationFn: switchOff });

  const key = push.application_server_key;
  if (!key) {
    return (
      <Notice tone="quiet" icon={<BellOff aria-hidden />} title={<Trans>There are no notifications here</Trans>}>
        <Trans>Those who run this place have not set it up.</Trans>
      </Notice>
    );
  }
  if (can === 'home_screen') {
    return (
      <Notice icon={<Smartphone aria-hidden />} title={<Trans>First put the square on your home screen</Trans>}>
        <Trans>
          An iPhone notifies you only of what stands there. Press Share, then “Add to Home Screen”, and open it from
          there: then you can switch it on here.
        </Trans>
      </Notice>
    );
  }
  if (can === 'unsupported' || on.data === 'unsupported') {
    return (
      <Notice tone="quiet" icon={<BellOff aria-hidden />} title={<Trans>This browser cannot notify you</Trans>}>
        <Trans>
          It may be a private window, an old browser, or a page opened without https. Everything waits for you here.
        </Trans>
      </Notice>
    );
  }
  if (can === 'denied') {
    return (
      <Notice tone="terracotta" icon={<BellOff aria-hidden />} title={<Trans>The browser does not let us</Trans>}>
        <Trans>
          You said no once, and only you can take it back: open the settings of this page, beside its address, and allow
          notifications. Then reload it.
        </Trans>
      </Notice>
    );
  }
  const isOn = push.subscribed && isGranted() && isWantedBy(me.user_id);
  return (
    <Section title={<Trans>In this browser</Trans>}>
      <p className="flex items-center gap-2.5" role="status">
        {isOn ? (
          <BellRing aria-hidden className="size-5 text-moss" />
        ) : (
          <BellOff aria-hidden className="size-5 text-soft" />
        )}
        {isOn ? t`Notifications are on in this browser.` : t`Notifications are off in this browser.`}
      </p>
      {isOn ? (
        <Button className="self-start" busy={off.isPending} onClick={() => off.mutate()}>
          <Trans>Switch off here</Trans>
        </Button>
      ) : (
        <Button look="lamp" className="self-start" busy={on.isPending} onClick={() => on.mutate(key)}>
          <Trans>Switch on in this browser</Trans>
        </Button>
      )}
    </Section>
  );
}

/** Chosen for the person, in all of their browsers; every change is kept at once. */
function Preferences({ push }: { push: PushSettings }) {
  const { t } = useLingui();
  const words = useWords();
  const me = useMe();
  const { preferences } = push;
  const keep = useAction({
    mutationFn: (body: PushPreferences) => answer(api.PUT('/api/notifications/push/preferences', { body })),
    onMutate: (wanted) => {
      queryClient.setQueryData(pushQuery.queryKey, (known) => known && { ...known, preferences: wanted });
    },
    onError: (error) => toast(words(error), { kind: 'fault' }),
    onSettled: changed,
  });
  const change = (part: Partial<PushPreferences>) => keep.mutate({ ...preferences, ...part });
  const kinds: { kind: PushKind; words: string }[] = [
    { kind: 'message', words: t`Messages` },
    { kind: 'meeting', words: t`Meetings: somebody came, a talk ended` },
    { kind: 'gift', words: t`Gifts` },
    { kind: 'money', words: t`Coins, payments, membership` },
    { kind: 'account', words: t`My account: new devices, changes` },
  ];
  if (me.role !== 'user' && me.role !== 'creator') {
    kinds.push({ kind: 'community', words: t`Running the square: something waits for you` });
  }
  const toggle = (kind: PushKind, calls: boolean) =>
    change({ muted: calls ? preferences.muted.filter((one) => one !== kind) : [...preferences.muted, kind] });
  return (
    <>
      <Section title={<Trans>What the screen says</Trans>}>
        <p className="text-soft">
          <Trans>Others may look at your phone. What was written is never shown, and never which face it is for.</Trans>
        </p>
        <RadioList
          label={t`What the screen says`}
          value={preferences.detail}
          onChange={(detail) => change({ detail })}
          options={[
            { value: 'nothing', words: t`Only that there is something`, hint: push.previews.nothing },
            { value: 'kind', words: t`What it is`, hint: push.previews.kind },
            { value: 'names', words: t`What it is, and from whom`, hint: push.previews.names },
          ]}
        />
      </Section>
      <Section title={<Trans>What for</Trans>}>
        <SwitchList>
          {kinds.map(({ kind, words: said }) => (
            <Switch
              key={kind}
              label={said}
              checked={!preferences.muted.includes(kind)}
              onChange={(calls) => toggle(kind, calls)}
            />
          ))}
        </SwitchList>
      </Section>
      <Quiet quiet={preferences.quiet_hours ?? null} onChange={(quiet_hours) => change({ quiet_hours })} />
    </>
  );
}

type QuietHours = NonNullable<PushPreferences['quiet_hours']>;

const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** The minute of the day in "23:30"; null while it is being typed. */
function minuteOf(text: string): number | null {
  const found = /^(\d\d):(\d\d)/.exec(text);
  return found ? Number(found[1]) * 60 + Number(found[2]) : null;
}

const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

function Quiet({ quiet, onChange }: { quiet: QuietHours | null; onChange: (quiet: QuietHours | null) => void }) {
  const { t } = useLingui();
  const set = (part: Partial<QuietHours>) => {
    if (quiet) onChange({ ...quiet, timezone: here(), ...part });
  };
  return (
    <Section title={<Trans>Quiet hours</Trans>}>
      <SwitchList>
        <Switch
          label={t`Leave me alone at night`}
          hint={t`What you have not read by then is shown when they are over.`}
          checked={quiet !== null}
          onChange={(on) => onChange(on ? { starts: 23 * 60, ends: 8 * 60, timezone: here() } : null)}
        />
      </SwitchList>
      {quiet ? (
        <div className="flex flex-wrap gap-4">
          <Time label={t`From`} minute={quiet.starts} not={quiet.ends} onChange={(starts) => set({ starts })} />
          <Time label={t`Until`} minute={quiet.ends} not={quiet.starts} onChange={(ends) => set({ ends })} />
          <p className="w-full text-soft text-sm">
            <Trans>By the clock of {quiet.timezone}.</Trans>
          </p>
        </div>
      ) : null}
    </Section>
  );
}

interface TimeProps {
  label: string;
  minute: number;
  not: number;
  onChange: (minute: number) => void;
}

/** Kept when it is left: while one types, a time passes through others. */
function Time({ label, minute, not, onChange }: TimeProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const leave = () => {
    const wanted = minuteOf(typed ?? '');
    setTyped(null);
    if (wanted !== null && wanted !== minute && wanted !== not) onChange(wanted);
  };
  return (
    <label htmlFor={id} className="flex flex-col gap-1.5 font-semibold text-sm">
      {label}
      <input
        id={id}
        type="time"
        value={typed ?? clock(minute)}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={leave}
        className="min-h-12 rounded-card border border-line-strong bg-card px-4 text-base"
      />
    </label>
  );
}

function Sound() {
  const { t } = useLingui();
  const [on, setOn] = useState(isSoundOn);
  const change = (wanted: boolean) => {
    switchSound(wanted);
    setOn(wanted);
    if (wanted) sound();
  };
  return (
    <Section title={<Trans>Sound</Trans>}>
      <SwitchList>
        <Switch
          label={t`A soft sound for messages`}
          hint={t`In this browser, while a page is open and another talk comes.`}
          checked={on}
          onChange={change}
        />
      </SwitchList>
    </Section>
  );
}

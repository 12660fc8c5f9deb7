import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import {
  BadgeCheck,
  ChartColumn,
  Database,
  Flag,
  Gift,
  KeyRound,
  Lamp as LampIcon,
  LogOut,
  MonitorSmartphone,
  Moon,
  Palette,
  Sparkles,
  UserRound,
} from 'lucide-react';
import { logOut, useWanted } from '../features/accounts';
import { walletQuery } from '../features/wallet';
import { useAction } from '../kit/action';
import { useMe } from '../kit/api/session';
import { useWords } from '../kit/api/words';
import { Alias, Avatar, ButtonRow, CardList, Chip, Coin, Coins, LinkRow, ListDetail, Page, toast } from '../kit/ui';

/** Me: the list of what can be changed; on a desktop the chosen one stands beside it. */
export function MePage() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const chosen = path !== '/me';
  return (
    <ListDetail
      showing={chosen ? 'detail' : 'list'}
      list={<MeList />}
      detail={chosen ? <Outlet /> : <NothingChosen />}
    />
  );
}

function MeList() {
  const { t } = useLingui();
  const words = useWords();
  const me = useMe();
  const wanted = useWanted();
  const { data: wallet } = useQuery(walletQuery);
  const leave = useAction({
    mutationFn: () => logOut(),
    onError: (error) => toast(words(error), { kind: 'fault' }),
  });
  return (
    <Page title={t`Me`}>
      <div className="flex items-center gap-4">
        <Avatar seed={me.profile.avatar_seed} size={72} />
        <div className="flex min-w-0 flex-col gap-1">
          <Alias alias={me.profile.alias} tag={me.profile.tag} className="font-display text-lg" />
          <div className="flex flex-wrap gap-1.5">
            {me.verified ? null : <Chip tone="terracotta">{t`not verified yet`}</Chip>}
            {me.verified && (me.phone || me.email) ? (
              <Chip tone="moss" icon={<BadgeCheck aria-hidden />}>{t`verified`}</Chip>
            ) : null}
            {me.profile.face === 'shadow' ? <Chip icon={<Moon aria-hidden />}>{t`shadow`}</Chip> : null}
            {me.tenant.slug !== 'default' ? <Chip>{me.tenant.name}</Chip> : null}
          </div>
        </div>
      </div>
      <CardList label={t`How others see me`}>
        <LinkRow
          to="/me/profile"
          icon={<UserRound aria-hidden className="size-5.5" />}
          title={t`Profile`}
          words={t`Alias, a few words, interests`}
        />
        <LinkRow
          to="/me/faces"
          icon={<Moon aria-hidden className="size-5.5" />}
          title={t`Faces`}
          words={me.profile.face === 'shadow' ? t`You are your shadow now` : t`Your real face and your shadow`}
        />
        <LinkRow to="/me/invite" icon={<Gift aria-hidden className="size-5.5" />} title={t`Invite a friend`} />
      </CardList>
      <CardList label={t`Coins`}>
        <LinkRow
          to="/wallet"
          icon={<Coin className="size-5.5" />}
          title={t`Wallet`}
          words={wallet ? <Coins amount={wallet.balance} /> : undefined}
        />
        <LinkRow to="/premium" icon={<Sparkles aria-hidden className="size-5.5" />} title={t`Premium`} />
      </CardList>
      {me.role === 'admin' || me.role === 'owner' ? (
        <CardList label={t`Running the square`}>
          <LinkRow
            to="/staff"
            icon={<ChartColumn aria-hidden className="size-5.5" />}
            title={t`Running the square`}
            words={t`Revenue, payments, reports, fraud, the shop`}
          />
        </CardList>
      ) : me.role === 'moderator' ? (
        <CardList label={t`Running the square`}>
          <LinkRow
            to="/staff/reports"
            icon={<Flag aria-hidden className="size-5.5" />}
            title={t`Reports`}
            words={t`Decide about reported people`}
          />
        </CardList>
      ) : null}
      <CardList label={t`Account`}>
        <LinkRow
          to="/me/sign-in"
          icon={<KeyRound aria-hidden className="size-5.5" />}
          title={t`Logging in`}
          words={
            me.verified
              ? t`Phone, e-mail, password`
              : wanted === 'phone'
                ? t`Verify a phone to meet people`
                : t`Verify a phone or an e-mail to meet people`
          }
        />
        <LinkRow
          to="/me/sessions"
          icon={<MonitorSmartphone aria-hidden className="size-5.5" />}
          title={t`Sessions and devices`}
        />
        <LinkRow
          to="/me/appearance"
          icon={<Palette aria-hidden className="size-5.5" />}
          title={t`Language and appearance`}
          words={t`Turkish or English, day or night`}
        />
        <LinkRow
          to="/me/data"
          icon={<Database aria-hidden className="size-5.5" />}
          title={t`My data`}
          words={t`Take it with you, or erase it`}
        />
      </CardList>
      <CardList>
        <ButtonRow
          icon={<LogOut aria-hidden className="size-5.5" />}
          title={<Trans>Log out</Trans>}
          onClick={() => {
            if (!leave.isPending) leave.mutate();
          }}
        />
      </CardList>
    </Page>
  );
}

function NothingChosen() {
  return (
    <div className="hidden h-full flex-col items-center justify-center gap-4 p-10 text-center text-soft lg:flex">
      <LampIcon aria-hidden className="size-10" />
      <p>
        <Trans>Choose something on the left.</Trans>
      </p>
    </div>
  );
}

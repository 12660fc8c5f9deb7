import { Trans, useLingui } from '@lingui/react/macro';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { BadgeCheck, Lamp as LampIcon, LogOut, Moon } from 'lucide-react';
import { logOut } from '../features/accounts';
import { useAction } from '../kit/action';
import { useMe } from '../kit/api/session';
import { useWords } from '../kit/api/words';
import { Rows } from '../kit/Rows';
import { rowsOf } from '../kit/room';
import { Alias, Avatar, ButtonRow, CardList, Chip, ListDetail, Page, toast } from '../kit/ui';

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
        <Rows list="me.self" />
      </CardList>
      <CardList label={t`Coins`}>
        <Rows list="me.coins" />
      </CardList>
      {rowsOf('me.staff', me.role).length > 0 ? (
        <CardList label={t`Running the square`}>
          <Rows list="me.staff" />
        </CardList>
      ) : null}
      <CardList label={t`Account`}>
        <Rows list="me.account" />
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

import { Trans, useLingui } from '@lingui/react/macro';
import { CloudOff, Cookie, ShieldAlert } from 'lucide-react';
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { useSession } from '../kit/api/session';
import { useConfig } from '../kit/config';
import { browserKeeps } from '../kit/storage';
import { Banner, CommunityName, SkipLink, Toasts, toast } from '../kit/ui';
import { useUpdate } from './shell-worker';

/** Around every page, of the router and of the doors: what is true of the whole app just now, and the words in passing. */
export function Surroundings({ late = false, children }: { late?: boolean; children: ReactNode }) {
  const own = useSession((state) => state.me?.tenant.name);
  const config = useConfig();
  return (
    <CommunityName value={own ?? config?.tenant.name ?? 'Meydan'}>
      <SkipLink />
      <AppBanners late={late} />
      {children}
      <Toasts />
    </CommunityName>
  );
}

function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => {
      addEventListener('online', changed);
      addEventListener('offline', changed);
      return () => {
        removeEventListener('online', changed);
        removeEventListener('offline', changed);
      };
    },
    () => navigator.onLine,
    () => true,
  );
}

function AppBanners({ late }: { late: boolean }) {
  const { t } = useLingui();
  const online = useOnline();
  const takeOver = useUpdate((state) => state.takeOver);
  const [keeps] = useState(browserKeeps);

  useEffect(() => {
    if (takeOver) toast(t`A newer Meydan is here.`, { kind: 'news', action: { label: t`Reload`, onClick: takeOver } });
  }, [takeOver, t]);

  return (
    <>
      {window.isSecureContext ? null : (
        <Banner tone="terracotta" icon={<ShieldAlert aria-hidden />}>
          <Trans>
            This page came over plain HTTP, so the browser gives us no keys: encrypted talks, the offline shell and your
            place do not work here. Open it over https, or at 127.0.0.1 on the machine itself.
          </Trans>
        </Banner>
      )}
      {keeps ? null : (
        <Banner tone="terracotta" icon={<Cookie aria-hidden />}>
          <Trans>
            This browser blocks cookies and site data here. You can look around, but a log-in ends with this page, and
            encrypted talks do not open. Allow both for this page, then reload it.
          </Trans>
        </Banner>
      )}
      {!online ? (
        <Banner icon={<CloudOff aria-hidden />}>
          <Trans>You are offline. What you write is kept and sent when the network is back.</Trans>
        </Banner>
      ) : late ? (
        <Banner icon={<CloudOff aria-hidden />}>
          <Trans>The connection to the square is down. We keep trying; nothing is lost.</Trans>
        </Banner>
      ) : null}
    </>
  );
}

import { useLingui } from '@lingui/react';
import { useQuery } from '@tanstack/react-query';
import { configQuery } from './queries';
import { type Tab, tabsOf } from './room';

import { PageTabs } from './ui';

/** The tabs that rooms declared for a group of pages. */
export function RoomTabs({ of, label }: { of: Tab['of']; label: string }) {
  const { i18n } = useLingui();
  const runsInstallation = useQuery(configQuery).data?.tenant.runs_installation ?? false;
  const tabs = tabsOf(of).filter(({ installation }) => runsInstallation || !installation);
  return <PageTabs label={label} tabs={tabs.map(({ to, title }) => ({ to, words: i18n._(title) }))} />;
}

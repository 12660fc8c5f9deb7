import { useLingui } from '@lingui/react';
import { type Tab, tabsOf } from './room';
import { PageTabs } from './ui';

/** The tabs that rooms declared for a group of pages. */
export function RoomTabs({ of, label }: { of: Tab['of']; label: string }) {
  const { i18n } = useLingui();
  return <PageTabs label={label} tabs={tabsOf(of).map(({ to, title }) => ({ to, words: i18n._(title) }))} />;
}

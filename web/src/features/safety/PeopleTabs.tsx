import { useLingui } from '@lingui/react/macro';
import { RoomTabs } from '../../kit/RoomTabs';

export function PeopleTabs() {
  const { t } = useLingui();
  return <RoomTabs of="people" label={t`People`} />;
}

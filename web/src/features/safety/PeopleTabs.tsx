import { useLingui } from '@lingui/react/macro';
import { PageTabs } from '../../kit/ui';

export function PeopleTabs() {
  const { t } = useLingui();
  return (
    <PageTabs
      label={t`People`}
      tabs={[
        { to: '/people', words: t`Met` },
        { to: '/people/claims', words: t`Asked back` },
        { to: '/people/blocked', words: t`Blocked` },
      ]}
    />
  );
}

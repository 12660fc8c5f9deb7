import { useLingui } from '@lingui/react/macro';
import { Flag, ShieldAlert } from 'lucide-react';
import { readNews, type Teller } from '../../kit/news';
import { fullTime } from '../../kit/ui';

/** News about reports: to whom they concern, and to those who decide. */
export function useNews(): Teller {
  const { t, i18n } = useLingui();
  return (code, data) => {
    const until = () => fullTime(i18n.locale, new Date(readNews(data).text('until')));
    switch (code) {
      case 'matching_suspended':
        return {
          icon: ShieldAlert,
          title: t`You meet nobody new until ${until()}`,
          words: t`Several people reported you. Those who run this square are looking at it; if nobody decides, it ends by itself.`,
          to: { to: '/' },
        };
      case 'matching_resumed':
        return {
          icon: ShieldAlert,
          title: t`You can meet people again`,
          words: t`Those who run this square looked at the reports about you and dismissed them.`,
          to: { to: '/' },
        };
      case 'reports_wait':
        return {
          icon: Flag,
          title: t`Reports are waiting for you`,
          words: t`Somebody meets nobody new until ${until()}, unless you decide sooner.`,
          to: { to: '/staff/reports' },
        };
      default:
        return null;
    }
  };
}

import { PageTabs } from '../Tabs';
import type { StatesOf } from './state';

export const states: StatesOf = (say) => ({
  'few, many': (
    <div className="flex flex-col gap-4">
      <PageTabs
        label={say('Kişiler', 'People')}
        tabs={[
          { to: '/', words: say('Tanıştıkların', 'Met') },
          { to: '/people/blocked', words: say('Engellediklerin', 'Blocked') },
        ]}
      />
      <PageTabs
        label={say('Yönetim', 'Staff')}
        tabs={[
          { to: '/people', words: say('Şikâyetler', 'Reports') },
          { to: '/wallet', words: say('Ödemeler', 'Payments') },
          { to: '/', words: say('Mutabakat karşılaştırmaları', 'Reconciliation') },
          { to: '/me', words: say('Sahtekârlık kuralları', 'The fraud rules') },
          { to: '/messages', words: say('Yeni sahipler', 'New owners') },
        ]}
      />
    </div>
  ),
});

import { Facts } from '../Facts';
import { Money } from '../money';
import { LONG_WORD, type StatesOf } from './state';

export const states: StatesOf = (say) => ({
  plain: (
    <Facts
      facts={[
        { name: say('Ne zaman', 'When'), value: '30 Kas 2026 22:41' },
        { name: say('Tutar', 'Amount'), value: <Money amount={4999} currency="TRY" /> },
      ]}
    />
  ),
  'long words': (
    <Facts
      facts={[
        { name: LONG_WORD, value: say('kısa', 'short') },
        { name: say('Makbuz numarası', 'Number of the receipt'), value: LONG_WORD },
      ]}
    />
  ),
});

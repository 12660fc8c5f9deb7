import { useLingui } from '@lingui/react/macro';
import { Gift } from 'lucide-react';
import { readNews, type Teller } from '../../kit/news';
import { useGiftName } from './gift-art';

/** News about gifts. */
export function useNews(): Teller {
  const { t, i18n } = useLingui();
  const giftName = useGiftName();
  return (code, data) => {
    if (code !== 'gift_received') return null;
    const { text, number } = readNews(data);
    const name = giftName({ key: text('gift_key') });
    const gift = number('quantity') > 1 ? `${name} × ${i18n.number(number('quantity'))}` : name;
    return {
      icon: Gift,
      title: t`You got a gift: ${gift}`,
      words: number('earned') > 0 ? t`Your share of it: ${i18n.number(number('earned'))} coins earned.` : undefined,
      to: { to: '/wallet/gifts' },
    };
  };
}

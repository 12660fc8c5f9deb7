import { useLingui } from '@lingui/react/macro';
import { DoorClosed, KeyRound, MessageSquareOff, Smartphone, Sparkles } from 'lucide-react';
import { readNews, type Teller } from '../../kit/news';
import { fullTime } from '../../kit/ui';
import { useBanReason } from './BannedPage';
import { useSignInPart } from './sign-in-part';

/** News about the account: who logged in, what of the log-in has changed, that it was closed. */
export function useNews(): Teller {
  const { t, i18n } = useLingui();
  const banReason = useBanReason();
  const signInPart = useSignInPart();
  return (code, data) => {
    const { text, number } = readNews(data);
    const money = (cents: string) => i18n.number(number(cents) / 100, { minimumFractionDigits: 2 });
    switch (code) {
      case 'welcome':
        return {
          icon: Sparkles,
          title: t`Welcome to the square`,
          words: t`Press “Meet someone” when you feel like it.`,
        };
      case 'new_device': {
        const device = text('device_name') || t`a device we did not know`;
        return {
          icon: Smartphone,
          title: t`Somebody logged in with ${device}`,
          words: t`If that was not you, end the session under Me and change your password.`,
        };
      }
      case 'sign_in_changed':
        return {
          icon: KeyRound,
          title: signInPart(text('part')),
          words: t`If that was not you, change your password now and log out everywhere else, under Me.`,
        };
      case 'banned':
        return {
          icon: DoorClosed,
          title: text('until')
            ? t`This account was closed until ${fullTime(i18n.locale, new Date(text('until')))}`
            : t`This account was closed`,
          words: banReason(data.reason),
        };
      case 'codes_paused':
        return {
          icon: MessageSquareOff,
          title: t`No more codes go out today`,
          words:
            data.channel === 'email'
              ? t`${money('spent_cents')} of today's ${money('budget_cents')} for e-mails has been spent. Until midnight (UTC) nobody can prove an address.`
              : t`${money('spent_cents')} of today's ${money('budget_cents')} for text messages has been spent; the rest is kept for known devices. Until midnight (UTC) nobody new can prove a phone number.`,
        };
      default:
        return null;
    }
  };
}

import { useLingui } from '@lingui/react/macro';
import type { Premium, Subscription } from '../../kit/api/types';
import type { Tone } from '../../kit/ui';

/** The membership that runs, if one does. */
export function running(premium: Premium): Subscription | null {
  const { subscription } = premium;
  return subscription && subscription.status !== 'expired' ? subscription : null;
}

export interface MembershipWords {
  tone: Tone;
  title: string;
  words: string;
  /** One line, for a list. */
  short: string;
}

/** How a membership stands: until when, what happens then, and what it would take. */
export function useMembershipWords(): (premium: Premium) => MembershipWords {
  const { t, i18n } = useLingui();
  const day = (iso: string) => new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'long' }).format(new Date(iso));
  return (premium) => {
    const subscription = running(premium);
    if (!subscription) {
      const ended = premium.subscription?.period_ends_at;
      return {
        tone: 'quiet',
        title: t`You are not a member`,
        words: ended ? t`Your membership ended on ${day(ended)}.` : t`Everything you do here today stays free.`,
        short: t`More meetings a day`,
      };
    }
    const until = day(subscription.period_ends_at);
    const withCoins = !subscription.provider;
    switch (subscription.status) {
      case 'cancelled':
        return {
          tone: 'quiet',
          title: t`Cancelled: it stays until ${until}`,
          words: t`Nothing more is charged. Until then everything stays as it is, and you can undo the cancellation.`,
          short: t`Cancelled, stays until ${until}`,
        };
      case 'grace': {
        const last = day(subscription.grace_ends_at ?? subscription.period_ends_at);
        return {
          tone: 'terracotta',
          title: t`Your membership could not be renewed`,
          words: withCoins
            ? t`There were not enough coins. Premium stays until ${last}; as soon as the coins are there, it is renewed.`
            : t`The payment was declined. Premium stays until ${last} while it is tried again; look at your card in the meantime.`,
          short: t`The renewal failed; it stays until ${last}`,
        };
      }
      default:
        return subscription.renews
          ? {
              tone: 'moss',
              title: t`You are a member`,
              words: withCoins
                ? t`It renews on ${until} with your coins, until you cancel.`
                : t`It renews on ${until}, until you cancel.`,
              short: t`Renews on ${until}`,
            }
          : {
              tone: 'moss',
              title: t`You are a member until ${until}`,
              words: t`It ends by itself; nothing more is charged.`,
              short: t`Until ${until}`,
            };
    }
  };
}

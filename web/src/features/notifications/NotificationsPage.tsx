import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  Bell,
  CircleDollarSign,
  DoorClosed,
  Flag,
  Gift,
  KeyRound,
  type LucideIcon,
  MessageCircle,
  Moon,
  SearchCheck,
  ShieldAlert,
  Smartphone,
  Snowflake,
  Sparkles,
  Sun,
  Undo2,
} from 'lucide-react';
import { useEffect } from 'react';
import { useMe } from '../../kit/api/session';
import type { Notification } from '../../kit/api/types';
import { CardList, Chip, cx, EmptyState, fullTime, List, Moment, Page } from '../../kit/ui';
import { useBanReason } from '../accounts';
import { notificationsQuery, useMarkRead } from './data';
import { useMoneyNews } from './money-news';
import { useSignInPart } from './sign-in-part';

const ICONS: Record<string, LucideIcon> = {
  match_made: MessageCircle,
  match_ended: MessageCircle,
  claim_approved: Undo2,
  claim_rejected: Undo2,
  new_device: Smartphone,
  sign_in_changed: KeyRound,
  banned: DoorClosed,
  community_approved: Sparkles,
  matching_suspended: ShieldAlert,
  matching_resumed: ShieldAlert,
  reports_wait: Flag,
  referral_reward: Gift,
  gift_received: Gift,
  payment_settled: CircleDollarSign,
  payment_held: SearchCheck,
  payment_taken_back: Undo2,
  premium_started: Sparkles,
  premium_renewed: Sparkles,
  premium_grace: Sparkles,
  premium_cancelled: Sparkles,
  premium_ended: Sparkles,
  premium_paid_twice: Sparkles,
  wallet_frozen: Snowflake,
  wallet_thawed: Sun,
  welcome: Sparkles,
};

/** A notification in words; the server sends what happened, never sentences. */
export function useNotificationWords(): (notification: Notification) => { title: string; words?: string } {
  const { t, i18n } = useLingui();
  const banReason = useBanReason();
  const signInPart = useSignInPart();
  const moneyNews = useMoneyNews();
  return ({ code, data }) => {
    const text = (member: string) => (typeof data[member] === 'string' ? data[member] : '');
    const number = (member: string) => (typeof data[member] === 'number' ? data[member] : 0);
    const money = (cents: string) => i18n.number(number(cents) / 100, { minimumFractionDigits: 2 });
    switch (code) {
      case 'welcome':
        return { title: t`Welcome to the square`, words: t`Press “Meet someone” when you feel like it.` };
      case 'match_made':
        return { title: t`You met somebody`, words: t`A talk is open.` };
      case 'match_ended':
        return { title: t`A talk has ended`, words: t`Its words disappear when its day is over.` };
      case 'claim_approved':
        return { title: t`You got a meeting back`, words: t`The stranger stayed silent; one more meeting is yours.` };
      case 'claim_rejected':
        return {
          title: t`You did not get a meeting back`,
          words:
            data.reason === 'left_early'
              ? t`You left before the stranger had had the time to write.`
              : t`The stranger had written in time.`,
        };
      case 'new_device': {
        const device = text('device_name') || t`a device we did not know`;
        return {
          title: t`Somebody logged in with ${device}`,
          words: t`If that was not you, end the session under Me and change your password.`,
        };
      }
      case 'community_approved':
        return { title: t`Your community is open`, words: t`Invite the first people: the link is under Me.` };
      case 'banned':
        return {
          title: text('until')
            ? t`This account was closed until ${fullTime(i18n.locale, new Date(text('until')))}`
            : t`This account was closed`,
          words: banReason(data.reason),
        };
      case 'matching_suspended':
        return {
          title: t`You meet nobody new until ${fullTime(i18n.locale, new Date(text('until')))}`,
          words: t`Several people reported you. Those who run this square are looking at it; if nobody decides, it ends by itself.`,
        };
      case 'matching_resumed':
        return {
          title: t`You can meet people again`,
          words: t`Those who run this square looked at the reports about you and dismissed them.`,
        };
      case 'reports_wait':
        return {
          title: t`Reports are waiting for you`,
          words: t`Somebody meets nobody new until ${fullTime(i18n.locale, new Date(text('until')))}, unless you decide sooner.`,
        };
      case 'sign_in_changed':
        return {
          title: signInPart(text('part')),
          words: t`If that was not you, change your password now and log out everywhere else, under Me.`,
        };
      case 'codes_paused':
        return {
          title: t`No more codes go out today`,
          words:
            data.channel === 'email'
              ? t`${money('spent_cents')} of today's ${money('budget_cents')} for e-mails has been spent. Until midnight (UTC) nobody can prove an address.`
              : t`${money('spent_cents')} of today's ${money('budget_cents')} for text messages has been spent; the rest is kept for known devices. Until midnight (UTC) nobody new can prove a phone number.`,
        };
      case 'referral_reward': {
        const reward = number('amount');
        return {
          title: reward > 0 ? t`${reward} more meetings for you` : t`More meetings for you`,
          words:
            data.invited === true ? t`You came with an invitation: welcome.` : t`Somebody came with your invitation.`,
        };
      }
      default:
        return (
          moneyNews(code, data) ?? {
            title: text('title') || t`News from the square`,
            words: text('content') || undefined,
          }
        );
    }
  };
}

/** Where the news about coins and payments is looked at more closely. */
function placeOf({ code, data }: Notification) {
  if ((code.startsWith('payment_') || code === 'premium_paid_twice') && typeof data.payment_id === 'string') {
    return { to: '/wallet/payments/$paymentId', params: { paymentId: data.payment_id } } as const;
  }
  if (code.startsWith('premium_')) return { to: '/premium' } as const;
  if (code === 'reports_wait') return { to: '/staff/reports' } as const;
  if (code === 'matching_suspended' || code === 'matching_resumed') return { to: '/' } as const;
  if (code.startsWith('wallet_')) return { to: '/wallet' } as const;
  return code === 'gift_received' ? ({ to: '/wallet/gifts' } as const) : null;
}

/** News, newest first; what was seen here is read. */
export function NotificationsPage() {
  const { t } = useLingui();
  const words = useNotificationWords();
  const list = useInfiniteQuery(notificationsQuery);
  const me = useMe();
  const otherFace = (notification: Notification) =>
    me.faces.find(({ profile }) => profile.id === notification.profile_id && profile.id !== me.profile.id);
  const unread = list.data?.pages[0]?.unread ?? 0;
  const newest = list.data?.pages[0]?.items[0]?.id;
  const { mutate: markRead } = useMarkRead();

  useEffect(() => {
    if (unread > 0 && newest && document.visibilityState === 'visible') markRead(newest);
  }, [unread, newest, markRead]);

  return (
    <Page title={t`News`}>
      <List
        query={list}
        empty={
          <EmptyState icon={<Bell aria-hidden />} title={<Trans>Nothing new</Trans>}>
            <Trans>
              Here you hear about meetings, about what you have asked back, and about log-ins from new devices.
            </Trans>
          </EmptyState>
        }
      >
        {(items) => (
          <CardList label={t`News`}>
            {items.map((notification) => {
              const said = words(notification);
              const other = otherFace(notification);
              const Icon = ICONS[notification.code] ?? Bell;
              const place = placeOf(notification);
              return (
                <li key={notification.id} className="flex items-start gap-3.5 px-4 py-3.5">
                  <span
                    className={cx(
                      'flex size-10 shrink-0 items-center justify-center rounded-full',
                      notification.read_at ? 'bg-deep text-soft' : 'bg-lamp-soft text-lamp-text',
                    )}
                  >
                    <Icon aria-hidden className="size-5" />
                  </span>
                  <div className="min-w-0 flex-1">
                    <p className={cx(!notification.read_at && 'font-semibold')}>
                      {place ? (
                        <Link {...place} className="underline decoration-line-strong underline-offset-4">
                          {said.title}
                        </Link>
                      ) : (
                        said.title
                      )}
                    </p>
                    {said.words ? <p className="text-soft text-sm">{said.words}</p> : null}
                    <p className="flex flex-wrap items-center gap-2 pt-1 text-soft text-xs">
                      <Moment at={notification.created_at} />
                      {other ? (
                        <Chip icon={other.face === 'shadow' ? <Moon aria-hidden /> : <Sun aria-hidden />}>
                          {other.face === 'shadow' ? t`as your shadow` : t`as your real face`}
                        </Chip>
                      ) : null}
                    </p>
                  </div>
                </li>
              );
            })}
          </CardList>
        )}
      </List>
    </Page>
  );
}
